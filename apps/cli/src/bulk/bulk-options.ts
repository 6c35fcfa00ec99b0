import { REASON_CODES } from '@necrocode/domain';
import { type Command, Option } from 'commander';
import { durationArgument } from '../terminal/duration-argument.js';
import { formatOption, type Format } from '../terminal/format.js';
import { positiveInteger } from '../terminal/positive-integer.js';

export interface BulkOptions {
  readonly output: Format;
  readonly reason?: string;
  readonly reasonCode?: (typeof REASON_CODES)[number];
  readonly force?: boolean;
  readonly grace?: number;
  readonly dryRun?: boolean;
  readonly expect?: number;
  readonly yes?: boolean;
  readonly input: boolean;
  readonly detach?: boolean;
  readonly wait?: number;
}

/** What every command that cancels many jobs takes. */
export function withBulkOptions(command: Command): Command {
  return command
    .option('--reason <text>', 'why, for the record')
    .addOption(new Option('--reason-code <code>', 'why, from the closed list').choices([...REASON_CODES]))
    .option('--force', 'SIGKILL at once instead of asking first')
    .option('--grace <duration>', 'time between the signal and SIGKILL, such as 5s', durationArgument)
    .option('--dry-run', 'show what would be cancelled, and cancel nothing')
    .option('--expect <n>', 'with --yes: cancel only if it is so many jobs, else exit 7', positiveInteger)
    .option('-y, --yes', 'do not ask')
    .option('--no-input', 'never ask: without --yes that is an error')
    .option('--detach', 'do not wait for the end')
    .option('--wait <duration>', 'wait at most so long, then exit 8', durationArgument)
    .addOption(formatOption())
    .addHelpText('after', EXIT_CODES);
}

const EXIT_CODES = `
Exit codes: 0 every job settled, 1 error, 2 usage, 3 nothing matched, 4 not allowed, 5 partial or aborted,
            6 unproven, 7 the jobs are not those agreed to, 8 the wait ran out, 130 detached (it goes on)`;
