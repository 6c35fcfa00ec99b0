import { aggregateNames } from '@necrocode/contracts';
import { Command, Option } from 'commander';
import { connect } from '../connection/connect.js';
import { EXIT } from '../exit-codes.js';
import { type Format, formatOption } from '../terminal/format.js';
import { interruptible } from '../terminal/interruptible.js';
import { nonNegativeInteger } from '../terminal/positive-integer.js';
import type { Terminal } from '../terminal/terminal.js';
import { printEvents } from './print-events.js';

interface TailOptions {
  readonly output: Format;
  readonly last: number;
  readonly after?: number;
  readonly aggregate?: (typeof aggregateNames)[number];
  readonly type?: string;
}

export function eventsCommands(terminal: Terminal): Command {
  return new Command('events').description('everything that happens, as it is stored').addCommand(tail(terminal));
}

function tail(terminal: Terminal): Command {
  return new Command('tail')
    .description('show the newest events and all that follow, until Ctrl-C')
    .option('-n, --last <count>', 'begin with so many that are there', nonNegativeInteger, 10)
    .addOption(
      new Option('--after <position>', 'begin behind this position; 0 for the first event')
        .argParser(nonNegativeInteger)
        .conflicts('last'),
    )
    .addOption(new Option('--aggregate <name>', 'only events of these').choices([...aggregateNames]))
    .option('--type <type>', 'only events of this type, such as CancellationCompleted')
    .addOption(formatOption())
    .action(async ({ output, last, after, aggregate, type }: TailOptions) => {
      const client = await connect();
      const interrupted = await interruptible((signal) =>
        printEvents(terminal, output, client.watchEvents({ last, after, aggregate, type }, { signal })),
      );
      if (interrupted) process.exitCode = EXIT.detached;
    });
}
