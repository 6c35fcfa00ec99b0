import { Command } from 'commander';
import { connect } from '../connection/connect.js';
import { ago } from '../terminal/duration.js';
import { formatOption, printList, type Format } from '../terminal/format.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

export function slotsCommand(terminal: Terminal): Command {
  return new Command('slots')
    .description('list slots: free, leased, or soiled until they are proven clean')
    .option('--pool <name>', 'of one pool only')
    .addOption(formatOption())
    .action(async ({ pool, output }: { readonly pool?: string; readonly output: Format }) => {
      const { items } = await (await connect()).listSlotPools();
      const slots = items
        .filter((each) => pool === undefined || each.pool === pool)
        .flatMap((each) => each.slots.map((slot) => ({ pool: each.pool, ...slot })));
      if (slots.length === 0 && output === 'text') return terminal.say('No runner offers such slots.');
      printList(terminal, output, slots, {
        id: (slot) => slot.slotId,
        text: () =>
          table(
            ['POOL', 'STATE', 'SINCE', 'SLOT', 'JOB'],
            slots.map((slot) => [slot.pool, slot.status, ago(slot.since), slot.slotId, slot.holder?.jobId ?? '']),
            terminal.width,
          ),
      });
    });
}
