import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { ensureWritableDirectory, readOrCreateSecret, writePrivateFile } from '../files/private-files.js';
import type { RestartPolicy } from '../process/restart-policy.js';
import type { ProcessExit } from '../process/supervise-process.js';
import { runServer, type EmbeddedServer } from '../server/run-server.js';
import { findNatsServer } from './find-nats-server.js';
import { natsConfig } from './nats-config.js';
import { probeNats } from './probe-nats.js';

export interface NatsOptions {
  /** Holds configuration, password, log and JetStream's files; made when missing. */
  readonly storeDir: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: a server that dies stays down. */
  readonly restart?: RestartPolicy | 'never';
  readonly onExit?: (exit: ProcessExit) => void;
  /** Default 20 s. */
  readonly readyWithinMs?: number;
}

const user = 'necrocode';

/**
 * Runs a real nats-server with JetStream on loopback; its URL is `nats://user:password@127.0.0.1:port`.
 * Data and password survive a restart on the same directory.
 *
 * @throws EmbeddedError
 */
export async function startNats(options: NatsOptions): Promise<EmbeddedServer> {
  const directory = resolve(options.storeDir);
  const binary = await findNatsServer();
  await ensureWritableDirectory(directory);
  const password = await readOrCreateSecret(join(directory, 'password'));
  const configFile = join(directory, 'nats-server.conf');
  const serverName = `necrocode-${randomUUID()}`;

  return runServer({
    name: 'nats-server',
    port: options.port,
    logFile: join(directory, 'nats-server.log'),
    readyWithinMs: options.readyWithinMs ?? 20_000,
    onExit: options.onExit,
    command: async (port) => {
      await writePrivateFile(configFile, natsConfig({ port, storeDir: directory, serverName, user, password }));
      return {
        command: [binary, '--config', configFile],
        env: { PATH: process.env['PATH'] },
        stateFile: join(directory, 'process.json'),
        restart: options.restart ?? 'never',
      };
    },
    isReady: async (_pid, port) => (await probeNats(port)) === serverName,
    url: (port) => `nats://${user}:${password}@127.0.0.1:${port}`,
  });
}
