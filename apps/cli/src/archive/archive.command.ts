import type { ArchivePlan } from '@necrocode/contracts';
import { Command } from 'commander';
import { connect } from '../connection/connect.js';
import { CommandFailure, EXIT } from '../exit-codes.js';
import { formatOption, type Format } from '../terminal/format.js';
import type { Terminal } from '../terminal/terminal.js';
import { archiveAll } from './archive-all.js';
import { pathOf } from './archive-files.js';
import { showArchived } from './show-archived.js';

interface ArchiveOptions {
  readonly output: Format;
  readonly to?: string;
}

export function archiveCommand(terminal: Terminal): Command {
  return (
    new Command('archive')
      .description('move what is over and old out of the store into files that prove themselves')
      // Options behind `show` are its own.
      .enablePositionalOptions()
      .option('--to <directory>', 'where; without it nothing is written or removed, and what would be is shown')
      .addOption(formatOption())
      .action(async ({ output, to }: ArchiveOptions) => {
        const { archives } = await connect();
        const plan = await archives.plan();
        if (to === undefined) return terminal.data(output === 'text' ? showPlan(plan) : JSON.stringify(plan));
        if (plan.afterDays === null) throw new CommandFailure(EXIT.error, showPlan(plan));
        let count = 0;
        await archiveAll(archives, to, (archive) => {
          count += 1;
          const { number, streams, events } = archive;
          if (output === 'text')
            terminal.data(`archive ${number}: ${events} events in ${streams} streams, in ${pathOf(to, number)}`);
          else terminal.data(output === 'id' ? String(number) : JSON.stringify(archive));
        });
        if (count === 0) terminal.say('Nothing is over and old enough.');
      })
      .addCommand(show(terminal))
  );
}

function show(terminal: Terminal): Command {
  return new Command('show')
    .description('what an archive holds of a job or a cancellation: its events, and the certificate')
    .argument('<id>', 'job_…, can_… or the id of a stream')
    .requiredOption('--from <directory>', 'where the archives are')
    .addOption(formatOption())
    .action((id: string, { from, output }: { from: string; output: Format }) =>
      showArchived(terminal, from, id, output),
    );
}

function showPlan({ number, afterDays, stories, streams, events, more, slowest }: ArchivePlan): string {
  if (afterDays === null) return 'Archiving is off: the gateway has no ARCHIVE_AFTER_DAYS.';
  const held = streams === 0 ? 'nothing' : `${events} events in ${streams} streams, of ${stories} jobs and bulks`;
  return [
    `Archive ${number} would hold ${held}${more ? ', and there is more' : ''}. Nothing was changed.`,
    `  over for   ${afterDays} days`,
    ...(slowest ? [`  slowest    ${slowest.reader}, at position ${slowest.position}`] : []),
  ].join('\n');
}
