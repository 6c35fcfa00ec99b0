import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocalSystem } from '@necrocode/local-system';
import { eventually, startTcpProxy } from '@necrocode/testing';

const RUNNER = fileURLToPath(new URL('../../../runner/dist/main.js', import.meta.url));

/** One more runner of a system, with a wire of its own to NATS that can be cut. The emptiest: it gets what comes next. By its name it finds its home again. */
export async function startCutOffRunner(
  system: LocalSystem,
  env: Readonly<Record<string, string>> = {},
  name = 'cut-off-runner',
) {
  const nats = new URL(system.natsUrl);
  const wire = await startTcpProxy(Number(nats.port));
  nats.port = String(wire.port);
  const home = join(system.home, name);
  const log = openSync(join(system.home, 'logs', `${name}.log`), 'a');
  const child = spawn(process.execPath, [RUNNER], {
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env['PATH'],
      NATS_URL: nats.href.replace(/\/$/, ''),
      RUNNER_HOME: home,
      ARTIFACT_STORE: join(system.home, 'artifacts'),
      RUNNER_CAPACITY: '100',
      ...env,
    },
  });
  const exited = once(child, 'exit');
  return {
    home,
    wire,
    id: () => eventually(async () => (await readFile(join(home, 'runner-id'), 'utf8')).trim(), { withinMs: 60_000 }),
    /** It says nothing to anybody, and what it was running runs on. */
    async kill() {
      child.kill('SIGKILL');
      await exited;
      await wire.close();
    },
    async end() {
      wire.heal();
      child.kill('SIGTERM');
      await exited;
      await wire.close();
    },
  };
}
