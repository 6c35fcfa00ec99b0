import { Command } from 'commander';
import { type Check, examineMachine } from '@necrocode/embedded/doctor';
import { findHome, readSystemState } from '@necrocode/local-system';
import { connect } from '../connection/connect.js';
import { EXIT } from '../exit-codes.js';
import { checkRunner } from './check-runner.js';
import { paint, colours, type Terminal } from '../terminal/terminal.js';

export function doctorCommand(terminal: Terminal): Command {
  return new Command('doctor').description('check this machine, and say how to mend what is wrong').action(async () => {
    const checks = [...(await examineMachine({ dataDir: findHome() })), ...(await checkRunners())];
    for (const check of checks) {
      terminal.data(`${paint(check.status.padEnd(5))} ${check.name.padEnd(26)} ${check.detail}`);
      if (check.status !== 'ok') terminal.data(`      ${colours.dim(check.hint)}`);
    }
    process.exitCode = checks.some(({ status }) => status === 'fail') ? EXIT.error : EXIT.ok;
  });
}

/** Of the system that runs here; a machine is examined also before one does. */
async function checkRunners(): Promise<readonly Check[]> {
  if ((await readSystemState(findHome())) === null) return [];
  return (await (await connect()).listRunners()).items.map(checkRunner);
}
