import { startNats, startPostgres, type EmbeddedServer } from '@necrocode/embedded';
import { join } from 'node:path';
import { createRunDirectory, removeRunDirectory } from './run-directory.js';

/** What a Jest run shares between its spec files; Jest's main process owns it, workers see it through the environment. */
interface TestRun {
  readonly directory: string;
  readonly outerTmpdir: string | undefined;
  servers: EmbeddedServer[];
}

let run: TestRun | undefined;

/** Makes the run's directory; every spec's temporary files go below it. Called once per project, acts once per run. */
export function prepareRun(): void {
  if (run) return;
  const directory = createRunDirectory();
  run = { directory, outerTmpdir: process.env['TMPDIR'], servers: [] };
  process.env['TMPDIR'] = directory;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void finishThenDie(signal));
}

/** Starts the run's PostgreSQL and nats-server and names them in the environment of the workers. */
export async function startServers(): Promise<void> {
  prepareRun();
  if (!run || run.servers.length > 0) return;
  const { directory } = run;
  try {
    const [postgres, nats] = await Promise.all([
      // Specs bring databases of their own; administration goes through the one that is always there.
      keep(startPostgres({ dataDir: join(directory, 'postgres'), database: 'postgres' })),
      keep(startNats({ storeDir: join(directory, 'nats') })),
    ]);
    process.env['NECROCODE_TEST_DATABASE_URL'] = postgres.url;
    process.env['NECROCODE_TEST_NATS_URL'] = nats.url;
  } catch (error) {
    await finishRun(); // Jest skips the tear-down when the set-up fails.
    throw error;
  }
}

/** Stops the servers and removes everything the run put on disk. Repeatable. */
export async function finishRun(): Promise<void> {
  if (!run) return;
  const { directory, outerTmpdir, servers } = run;
  run = undefined;
  await Promise.allSettled(servers.map((server) => server.stop()));
  removeRunDirectory(directory);
  if (outerTmpdir === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = outerTmpdir;
}

async function keep(starting: Promise<EmbeddedServer>): Promise<EmbeddedServer> {
  const server = await starting;
  if (run) run.servers.push(server);
  else await server.stop(); // The run was interrupted meanwhile.
  return server;
}

async function finishThenDie(signal: NodeJS.Signals): Promise<void> {
  await finishRun();
  process.kill(process.pid, signal);
}
