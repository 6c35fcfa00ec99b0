import { setTimeout as delay } from 'node:timers/promises';
import { findHome, readSystemState } from '@necrocode/local-system';
import { Command } from 'commander';
import { CommandFailure, EXIT } from '../exit-codes.js';
import type { Terminal } from '../terminal/terminal.js';

const WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;

export function downCommand(terminal: Terminal): Command {
  return new Command('down')
    .description('stop the system started in this directory; its data stays')
    .action(async () => {
      const home = findHome();
      const state = await readSystemState(home);
      if (!state) return terminal.say(`No system runs in ${home}.`);
      process.kill(state.supervisor.pid, 'SIGTERM');
      for (const deadline = Date.now() + WITHIN_MS; await readSystemState(home); await delay(LOOK_EVERY_MS)) {
        if (Date.now() > deadline) {
          throw new CommandFailure(
            EXIT.error,
            `Process ${state.supervisor.pid} has not stopped within ${WITHIN_MS / 1_000} s.`,
            `Its logs are in ${home}/logs.`,
          );
        }
      }
      terminal.say('stopped; the data is kept');
    });
}
