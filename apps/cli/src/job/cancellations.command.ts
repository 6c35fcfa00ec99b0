import type { CancellationResource } from '@necrocode/contracts';
import { Command, Option } from 'commander';
import { cancellationTable } from '../cancellation/show.js';
import { connect } from '../connection/connect.js';
import { findJobId } from '../connection/find-id.js';
import { formatOption, printList, type Format } from '../terminal/format.js';
import { positiveInteger } from '../terminal/positive-integer.js';
import type { Terminal } from '../terminal/terminal.js';

interface CancellationsOptions {
  readonly output: Format;
  readonly limit: number;
  readonly job?: string;
  readonly status?: CancellationResource['status'];
}

export function cancellationsCommand(terminal: Terminal): Command {
  return new Command('cancellations')
    .description('list cancellations, newest first')
    .option('--limit <n>', 'at most so many (200)', positiveInteger, 20)
    .option('--job <job-id>', 'only of this job')
    .addOption(
      new Option('--status <status>', 'only with this status').choices([
        'requested',
        'in-progress',
        'completed',
        'partial',
        'unconfirmed',
        'undone',
      ]),
    )
    .addOption(formatOption())
    .action(async ({ output, job, status, limit }: CancellationsOptions) => {
      const client = await connect();
      const jobId = job === undefined ? undefined : await findJobId(client, job);
      const { items } = await client.listCancellations({
        limit,
        ...(jobId === undefined ? {} : { jobId }),
        ...(status === undefined ? {} : { status }),
      });
      if (items.length === 0 && output === 'text') return terminal.say('No cancellations.');
      printList(terminal, output, items, {
        id: (each) => each.cancellationId,
        text: () => cancellationTable(items, terminal.width),
      });
    });
}
