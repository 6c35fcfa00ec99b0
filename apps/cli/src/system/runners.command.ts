import { Command } from 'commander';
import { connect } from '../connection/connect.js';
import { ago } from '../terminal/duration.js';
import { formatOption, printList, type Format } from '../terminal/format.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

export function runnersCommand(terminal: Terminal): Command {
  return new Command('runners')
    .description('list runners: how strongly they hold processes, what they can take')
    .addOption(formatOption())
    .action(async ({ output }: { readonly output: Format }) => {
      const { items } = await (await connect()).listRunners();
      if (items.length === 0 && output === 'text') return terminal.say('No runner has registered.');
      printList(terminal, output, items, {
        id: (runner) => runner.runnerId,
        text: () =>
          table(
            ['RUNNER', 'STATE', 'SINCE', 'CAPACITY', 'CONTAINMENT', 'HOST', 'SLOTS'],
            items.map((runner) => [
              runner.runnerId,
              runner.status,
              ago(runner.since),
              String(runner.capacity),
              runner.containment,
              runner.host,
              [...new Set(runner.slots.map(({ pool }) => pool))].join(', '),
            ]),
            terminal.width,
          ),
      });
    });
}
