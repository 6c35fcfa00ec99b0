import { Command } from 'commander';
import { connect } from '../connection/connect.js';
import { findJobId } from '../connection/find-id.js';
import { printEvents } from '../events/print-events.js';
import { detachable } from '../terminal/detachable.js';
import { type Format, formatOption } from '../terminal/format.js';
import type { Terminal } from '../terminal/terminal.js';

interface EventsOptions {
  readonly output: Format;
  readonly follow?: boolean;
}

export function eventsCommand(terminal: Terminal): Command {
  return new Command('events')
    .description('show what has happened to a job and everything it has')
    .argument('<job-id>', 'an id, the beginning of one, or @last')
    .option('-f, --follow', 'go on until the job has ended and is cleaned up')
    .addOption(formatOption())
    .action(async (typed: string, { output, follow }: EventsOptions) => {
      const client = await connect();
      const jobId = await findJobId(client, typed);
      await detachable(terminal, `necrocode job events -f ${jobId}`, async (signal) =>
        printEvents(terminal, output, follow ? client.watchJob(jobId, { signal }) : await client.jobEvents(jobId)),
      );
    });
}
