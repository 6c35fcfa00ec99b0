import { Command } from 'commander';
import { connect } from '../connection/connect.js';
import type { Terminal } from '../terminal/terminal.js';

export function pauseCommand(terminal: Terminal): Command {
  return new Command('pause')
    .description('let no job of a queue begin; those that have begun go on')
    .argument('<queue>')
    .action(async (queue: string) => {
      await (await connect()).pauseQueue(queue);
      terminal.say(`${queue} is paused: none of its jobs begins until "necrocode queue resume ${queue}".`);
    });
}

export function resumeCommand(terminal: Terminal): Command {
  return new Command('resume')
    .description('let jobs of a paused queue begin again')
    .argument('<queue>')
    .action(async (queue: string) => {
      await (await connect()).resumeQueue(queue);
      terminal.say(`${queue} is not paused: its jobs begin as there is room.`);
    });
}
