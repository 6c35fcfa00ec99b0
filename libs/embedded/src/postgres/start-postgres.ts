import { totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureWritableDirectory, readOrCreateSecret } from '../files/private-files.js';
import type { RestartPolicy } from '../process/restart-policy.js';
import type { ProcessExit } from '../process/supervise-process.js';
import { runServer, type EmbeddedServer } from '../server/run-server.js';
import { chooseLaunch, postgresEnvironment } from './choose-launch.js';
import { ensureDatabase } from './ensure-database.js';
import { findPostgres } from './find-postgres.js';
import { initialiseCluster } from './initialise-cluster.js';
import { isPostmasterReady } from './postmaster-status.js';
import { chooseAccount } from './server-account.js';
import { serverSettings } from './server-settings.js';

export interface PostgresOptions {
  /** Holds the cluster, password and log; made when missing. */
  readonly dataDir: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Created when missing; default `necrocode`. */
  readonly database?: string;
  /** Default: a server that dies stays down. */
  readonly restart?: RestartPolicy | 'never';
  readonly onExit?: (exit: ProcessExit) => void;
  /** Default 60 s: recovery after a crash counts. */
  readonly readyWithinMs?: number;
}

const user = 'necrocode';

/**
 * Runs a real PostgreSQL 18 on loopback; its URL is `postgresql://user:password@127.0.0.1:port/database`. Works as root
 * (it then runs under another account) and as an ordinary user. Data and password survive a restart on the same directory.
 *
 * @throws EmbeddedError
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedServer> {
  const directory = resolve(options.dataDir);
  const cluster = join(directory, 'cluster');
  const database = options.database ?? 'necrocode';
  const binaries = findPostgres();
  await ensureWritableDirectory(directory);
  const account = await chooseAccount(cluster);
  const launch = await chooseLaunch(binaries.postgres, directory, account);
  const password = await readOrCreateSecret(join(directory, 'password'));
  await initialiseCluster({ cluster, binaries, launch, account, user, password });
  const urlOf = (port: number, name: string): string =>
    `postgresql://${user}:${password}@127.0.0.1:${port}/${encodeURIComponent(name)}`;

  const server = await runServer({
    name: 'PostgreSQL',
    port: options.port,
    logFile: join(directory, 'postgres.log'),
    readyWithinMs: options.readyWithinMs ?? 60_000,
    onExit: options.onExit,
    command: async (port) => ({
      command: [binaries.postgres, '-D', cluster, ...serverSettings({ port, memoryBytes: totalmem() })],
      env: postgresEnvironment(),
      ...launch,
      stateFile: join(directory, 'process.json'),
      restart: options.restart ?? 'never',
      // SIGINT is PostgreSQL's fast shutdown: sessions are ended, everything committed is kept.
      stopping: { signal: 'SIGINT', graceMs: 30_000 },
    }),
    isReady: (pid) => isPostmasterReady(cluster, pid),
    url: (port) => urlOf(port, database),
  });
  try {
    await ensureDatabase(urlOf(server.port, 'postgres'), database);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}
