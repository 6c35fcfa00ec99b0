import type { RetriedJob } from '@necrocode/contracts';
import { Command } from 'commander';
import { connect } from '../connection/connect.js';
import { findJobId } from '../connection/find-id.js';
import { formatOption, type Format } from '../terminal/format.js';
import { visible } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

interface RetryOptions {
  readonly output: Format;
  readonly idempotencyKey?: string;
}

export function retryCommand(terminal: Terminal): Command {
  return new Command('retry')
    .description('run what is left of a job that failed or was cancelled: a new job that reuses its completed tasks')
    .argument('<job-id>', 'an id, the beginning of one, or @last')
    .option('--idempotency-key <key>', 'sending the same key for the same job again gives the same retry')
    .addOption(formatOption())
    .action(async (typed: string, { output, idempotencyKey }: RetryOptions) => {
      const client = await connect();
      const retried = await client.retryJob(await findJobId(client, typed), { idempotencyKey });
      if (output === 'json' || output === 'ndjson') return terminal.data(JSON.stringify(retried));
      if (output === 'id') return terminal.data(retried.jobId);
      terminal.data(showRetry(retried));
      terminal.say(`look: necrocode job get ${retried.jobId}    follow: necrocode job logs -f ${retried.jobId}`);
    });
}

export function showRetry({ jobId, repeated, retryOf, generation, reused, restored, runsAgain }: RetriedJob): string {
  return [
    `${repeated ? 'already retried' : 'retried'} ${retryOf} as ${jobId} (generation ${generation})`,
    `  reused     ${reused.length === 0 ? 'nothing' : reused.map(visible).join(', ')} (artifacts put back: ${restored})`,
    ...runsAgain.map(({ key, because }) => `  runs again ${visible(key)}: ${because}`),
  ].join('\n');
}
