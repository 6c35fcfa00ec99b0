import { Command } from 'commander';
import { runDoctor } from '@necrocode/embedded';
import { findHome } from '@necrocode/local-system';
import { EXIT } from '../exit-codes.js';
import { paint, colours, type Terminal } from '../terminal/terminal.js';

export function doctorCommand(terminal: Terminal): Command {
  return new Command('doctor').description('check this machine, and say how to mend what is wrong').action(async () => {
    const checks = await runDoctor({ home: findHome() });
    for (const { name, status, detail, hint } of checks) {
      terminal.data(`${paint(status.padEnd(5))} ${name.padEnd(26)} ${detail}`);
      if (status !== 'ok' && hint) terminal.data(`      ${colours.dim(hint)}`);
    }
    process.exitCode = checks.some(({ status }) => status === 'fail') ? EXIT.error : EXIT.ok;
  });
}
