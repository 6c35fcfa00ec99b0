import { Command } from 'commander';
import { exitCodeOf } from '../cancellation/outcome.js';
import { showCancellation } from '../cancellation/show.js';
import { connect } from '../connection/connect.js';
import { findJobId } from '../connection/find-job.js';
import { EXIT } from '../exit-codes.js';
import { formatOption, type Format } from '../terminal/format.js';
import type { Terminal } from '../terminal/terminal.js';

export function cancelStatusCommand(terminal: Terminal): Command {
  return new Command('cancel-status')
    .description("show how a job's newest cancellation stands, step by step")
    .argument('<job-id>', 'an id, the beginning of one, or @last')
    .addOption(formatOption())
    .action(async (typed: string, { output }: { readonly output: Format }) => {
      const client = await connect();
      const cancellation = await client.cancellationStatus(await findJobId(client, typed));
      if (output === 'id') terminal.data(cancellation.cancellationId);
      else if (output === 'text') terminal.data(showCancellation(cancellation, terminal.width));
      else terminal.data(JSON.stringify(cancellation, null, output === 'json' ? 2 : undefined));
      const code = exitCodeOf(cancellation);
      process.exitCode = code === EXIT.waitRanOut ? EXIT.ok : code; // Under way is an answer here, not a wait that ran out.
    });
}
