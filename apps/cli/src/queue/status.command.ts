import type { QueueResource } from '@necrocode/contracts';
import { Command } from 'commander';
import { connect } from '../connection/connect.js';
import { ago } from '../terminal/duration.js';
import { formatOption, printList, type Format } from '../terminal/format.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

export function statusCommand(terminal: Terminal): Command {
  return new Command('status')
    .description('what is open in the queues, or in one of them, and which are paused')
    .argument('[queue]')
    .addOption(formatOption())
    .action(async (queue: string | undefined, { output }: { readonly output: Format }) => {
      const { items } = await (await connect()).listQueues();
      const queues = queue === undefined ? items : [items.find((each) => each.queue === queue) ?? empty(queue)];
      if (queues.length === 0 && output === 'text')
        return terminal.say('Nothing is open in any queue, and none is paused.');
      printList(terminal, output, queues, {
        id: (each) => each.queue,
        text: () =>
          table(
            ['QUEUE', 'QUEUED', 'RUNNING', 'RETRYING', 'CANCELLING', 'OLDEST', 'PAUSED'],
            queues.map(({ queue: name, queued, running, retrying, cancelling, oldestQueuedAt, paused }) => [
              name,
              ...[queued, running, retrying, cancelling].map(String),
              oldestQueuedAt === null ? '' : ago(oldestQueuedAt),
              paused === null ? '' : `${ago(paused.since)} by ${paused.requestedBy}`,
            ]),
            terminal.width,
          ),
      });
    });
}

/** A queue is a name on jobs: one where nothing is open is as good as any other. */
function empty(queue: string): QueueResource {
  return { queue, paused: null, queued: 0, running: 0, retrying: 0, cancelling: 0, oldestQueuedAt: null };
}
