import type { JobAsItWas, JobHistory } from '@necrocode/contracts';
import { Command } from 'commander';
import { connect } from '../connection/connect.js';
import { findJobId } from '../connection/find-id.js';
import { showJob } from '../job/get.command.js';
import { formatOption, printList, type Format } from '../terminal/format.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

interface HistoryOptions {
  readonly output: Format;
  readonly at?: string;
}

export function historyCommand(terminal: Terminal): Command {
  return new Command('history')
    .description('the job as it was: at a position or an instant, or the moments there are')
    .argument('<job-id>', 'an id, the beginning of one, or @last')
    .option('--at <position|time>', 'for example 1042 or 2026-01-31T12:00:00Z')
    .addOption(formatOption())
    .action(async (typed: string, { output, at }: HistoryOptions) => {
      const client = await connect();
      const jobId = await findJobId(client, typed);
      if (at === undefined) {
        const { events } = await client.jobHistory(jobId);
        return printList(terminal, output, events, {
          id: ({ position }) => position,
          text: () => historyTable(events, terminal.width),
        });
      }
      const then = await client.jobAt(jobId, at);
      if (output === 'id') return terminal.data(then.position);
      terminal.data(
        output === 'text'
          ? showThen(then, terminal.width)
          : JSON.stringify(then, null, output === 'json' ? 2 : undefined),
      );
    });
}

export function historyTable(events: JobHistory['events'], width: number): string {
  const rows = events.map(({ position, recordedAt, type, actor, stream }) => [
    position,
    recordedAt,
    type,
    actor,
    stream,
  ]);
  return table(['POSITION', 'RECORDED', 'EVENT', 'BY', 'STREAM'], rows, width);
}

function showThen({ position, recordedAt, job, slots, cleanup }: JobAsItWas, width: number): string {
  const held = slots.map(({ slotId, status }) => `${slotId} (${status})`);
  return [
    `As it was after event ${position}, at ${recordedAt}:`,
    showJob(job, width),
    '',
    `  slots      ${held.join(', ') || 'none held'}`,
    `  cleanup    ${cleanup.status}: ${cleanup.artifacts.length} artifacts, ${cleanup.filesRemoved} files removed`,
  ].join('\n');
}
