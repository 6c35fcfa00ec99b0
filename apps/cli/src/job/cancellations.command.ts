import { REASON_CODES } from '@necrocode/domain';
import { Command, Option } from 'commander';
import { cancellationTable } from '../cancellation/cancellation-table.js';
import { connect } from '../connection/connect.js';
import { findJobId } from '../connection/find-id.js';
import { formatOption, printList, type Format } from '../terminal/format.js';
import { instantArgument } from '../terminal/instant-argument.js';
import { positiveInteger } from '../terminal/positive-integer.js';
import type { Terminal } from '../terminal/terminal.js';

const STATUSES = ['requested', 'in-progress', 'completed', 'partial', 'unconfirmed', 'undone', 'aborted'] as const;
const SCOPES = ['job', 'task', 'batch', 'queue', 'selector'] as const;

interface CancellationsOptions {
  readonly output: Format;
  readonly limit: number;
  readonly job?: string;
  readonly bulk?: string;
  readonly status?: (typeof STATUSES)[number][];
  readonly by?: string;
  readonly reason?: (typeof REASON_CODES)[number][];
  readonly scope?: (typeof SCOPES)[number][];
  readonly forced?: boolean;
  readonly since?: string;
  readonly until?: string;
  readonly cursor?: string;
}

/** Under two names: `job cancellations`, and `cancellation list`. */
export function cancellationsCommand(terminal: Terminal, name = 'cancellations'): Command {
  return new Command(name)
    .description('list cancellations, newest first; everything that is given must fit')
    .option('--limit <n>', 'at most so many (200)', positiveInteger, 20)
    .option('--job <job-id>', 'only of this job')
    .option('--bulk <cancellation-id>', 'only those that this bulk opened')
    .addOption(new Option('--status <status...>', 'how far it is, or its outcome').choices(STATUSES))
    .option('--by <actor>', 'who asked, for example user:ada')
    .addOption(new Option('--reason <code...>', 'why').choices(REASON_CODES))
    .addOption(new Option('--scope <scope...>', 'what it means').choices(SCOPES))
    .option('--forced', 'only where SIGKILL was used')
    .option('--no-forced', 'only where it was not')
    .option('--since <time>', 'requested then or later: an instant, or a time ago such as 2h', instantArgument)
    .option('--until <time>', 'requested before', instantArgument)
    .option('--cursor <cursor>', 'the next page, as the page before said')
    .addOption(formatOption())
    .action(async ({ output, job, bulk, by, forced, ...filter }: CancellationsOptions) => {
      const client = await connect();
      const jobId = job === undefined ? undefined : await findJobId(client, job);
      const { items, nextCursor } = await client.listCancellations({
        ...filter,
        ...(jobId === undefined ? {} : { jobId }),
        ...(bulk === undefined ? {} : { bulkId: bulk }),
        ...(by === undefined ? {} : { requestedBy: by }),
        ...(forced === undefined ? {} : { forced: forced ? 'true' : 'false' }),
      });
      if (items.length === 0 && output === 'text') return terminal.say('No cancellations.');
      printList(terminal, output, items, {
        id: (each) => each.cancellationId,
        text: () => cancellationTable(items, terminal.width),
      });
      if (nextCursor !== null) terminal.say(`More: --cursor ${nextCursor}`);
    });
}
