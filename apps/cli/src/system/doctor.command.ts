import { Command } from 'commander';
import { examineMachine } from '@necrocode/embedded/doctor';
import { findHome } from '@necrocode/local-system';
import { EXIT } from '../exit-codes.js';
import { paint, colours, type Terminal } from '../terminal/terminal.js';

export function doctorCommand(terminal: Terminal): Command {
  return new Command('doctor').description('check this machine, and say how to mend what is wrong').action(async () => {
    const checks = await examineMachine({ dataDir: findHome() });
    for (const check of checks) {
      terminal.data(`${paint(check.status.padEnd(5))} ${check.name.padEnd(26)} ${check.detail}`);
      if (check.status !== 'ok') terminal.data(`      ${colours.dim(check.hint)}`);
    }
    process.exitCode = checks.some(({ status }) => status === 'fail') ? EXIT.error : EXIT.ok;
  });
}
