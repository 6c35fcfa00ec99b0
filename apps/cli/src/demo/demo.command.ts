import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NecrocodeClient } from '@necrocode/client';
import { SERVICES, startSystem, type LocalSystem } from '@necrocode/local-system';
import { Command, Option } from 'commander';
import { CommandFailure, EXIT } from '../exit-codes.js';
import { progressLine } from '../system/up.command.js';
import { colours, type Terminal } from '../terminal/terminal.js';
import { Promises } from './promises.js';
import { runMainJob } from './run-main-job.js';

interface DemoOptions {
  readonly kill?: string;
  readonly keep?: boolean;
}

export function demoCommand(terminal: Terminal): Command {
  return new Command('demo')
    .description('start everything, run a training job beside unruly processes, cancel it, prove it, clean up')
    .addOption(
      new Option('--kill <process>', 'kill -9 this process in the middle of the cancellation').choices([
        ...SERVICES,
        'nats-server',
        'postgresql',
      ]),
    )
    .option('--keep', 'leave the data directory for a look')
    .action(async ({ kill, keep }: DemoOptions) => {
      const home = await mkdtemp(join(tmpdir(), 'necrocode-demo-'));
      const promises = new Promises(terminal);
      const interrupted = onInterrupt();
      let system: LocalSystem | undefined;
      try {
        heading(terminal, 'Starting PostgreSQL, NATS, five services and a runner');
        system = await startSystem({ home, onProgress: (progress) => terminal.say(`  ${progressLine(progress)}`) });
        const client = new NecrocodeClient({ baseUrl: system.gatewayUrl, token: system.token });
        await Promise.race([runMainJob({ terminal, system, client, promises, kill }), interrupted]);
      } finally {
        heading(terminal, 'Stopping everything');
        await system?.stop();
        if (keep) terminal.say(`  the data stays in ${home}`);
        else await rm(home, { recursive: true, force: true });
      }
      if (!promises.allKept) {
        throw new CommandFailure(
          EXIT.error,
          `Broken promises: ${promises.brokenOnes().join('; ')}`,
          'Run again with --keep and look at the logs in the data directory.',
        );
      }
      terminal.data(colours.green('\nEvery promise was kept.'));
    });
}

export function heading(terminal: Terminal, text: string): void {
  terminal.data(`\n${colours.bold(text)}`);
}

/** Rejects at Ctrl-C, so that what was started is stopped in order. */
function onInterrupt(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => reject(new CommandFailure(EXIT.detached, `${signal}: the demo ends here.`)));
    }
  });
}
