import { findHome, startWorker } from '@necrocode/local-system';
import { Command } from 'commander';
import { positiveInteger } from '../terminal/positive-integer.js';
import type { Terminal } from '../terminal/terminal.js';
import { progressLine, untilSignalled } from './up.command.js';

export function workerCommand(terminal: Terminal): Command {
  return new Command('worker')
    .description('run the functions of a module for tasks that name them as their handler; Ctrl-C stops it')
    .argument('<file>', 'module whose default export is `worker({ … })` of @necrocode/client/worker')
    .option('--capacity <n>', 'calls at a time', positiveInteger)
    .addHelpText(
      'after',
      '\nNATS_URL names the system to work for; without it, it is the one started in this directory.',
    )
    .action(async (file: string, { capacity }: { readonly capacity?: number }) => {
      const ended = untilSignalled();
      const worker = await startWorker({
        home: findHome(),
        module: file,
        natsUrl: process.env['NATS_URL'],
        capacity,
        onProgress: (progress) => terminal.say(progressLine(progress)),
      });
      const signal = await ended;
      terminal.say(`\n${signal}: stopping`);
      await worker.stop();
    });
}
