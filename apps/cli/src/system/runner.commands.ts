import { Command } from 'commander';
import { connect } from '../connection/connect.js';
import { ago } from '../terminal/duration.js';
import { formatOption, printList, type Format } from '../terminal/format.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

export function runnerCommands(terminal: Terminal): Command {
  return new Command('runner')
    .description('look at runners, drain them, end a quarantine')
    .addCommand(list(terminal))
    .addCommand(drain(terminal))
    .addCommand(trust(terminal));
}

function list(terminal: Terminal): Command {
  return new Command('list')
    .description('list runners: how strongly they hold processes, what they can take')
    .addOption(formatOption())
    .action(async ({ output }: { readonly output: Format }) => {
      const { items } = await (await connect()).listRunners();
      if (items.length === 0 && output === 'text') return terminal.say('No runner has registered.');
      printList(terminal, output, items, {
        id: (runner) => runner.runnerId,
        text: () =>
          table(
            ['RUNNER', 'STATE', 'SINCE', 'CAPACITY', 'CONTAINMENT', 'HOST', 'SLOTS', 'ORPHANS'],
            items.map((runner) => [
              runner.runnerId,
              runner.status,
              ago(runner.since),
              String(runner.capacity),
              runner.containment,
              runner.host,
              [...new Set(runner.slots.map(({ pool }) => pool))].join(', '),
              String(runner.orphans.length),
            ]),
            terminal.width,
          ),
      });
    });
}

function drain(terminal: Terminal): Command {
  return new Command('drain')
    .description('let a runner finish what it has and give it nothing new')
    .argument('<runner-id>')
    .action(async (runnerId: string) => {
      const { status } = await (await connect()).drainRunner(runnerId);
      terminal.say(`${runnerId} is ${status}: it finishes what it has and is given nothing new.`);
    });
}

function trust(terminal: Terminal): Command {
  return new Command('trust')
    .description('end the quarantine of a runner without a proof: when you have looked at its host yourself')
    .argument('<runner-id>')
    .action(async (runnerId: string) => {
      await (await connect()).trustRunner(runnerId);
      terminal.say(`${runnerId} may be given new work again; it is on record that you said so.`);
    });
}
