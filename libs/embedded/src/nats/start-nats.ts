import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { ensureWritableDirectory, readOrCreateSecret, writePrivateFile } from '../files/private-files.js';
import type { RestartPolicy } from '../process/restart-policy.js';
import type { ProcessExit } from '../process/supervise-process.js';
import { runServer, type EmbeddedServer } from '../server/run-server.js';
import { findNatsServer } from './find-nats-server.js';
import { greeting } from './greeting.js';
import { keepJetStreamOn } from './keep-jetstream-on.js';
import { type ClusterPlace, NATS_USERS, natsConfig, type NatsUsers } from './nats-config.js';

export interface NatsOptions {
  /** Holds configuration, password, log and JetStream's files; made when missing. */
  readonly storeDir: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: a server that dies stays down. */
  readonly restart?: RestartPolicy | 'never';
  readonly onExit?: (exit: ProcessExit) => void;
  /** Told when it runs and yet has to be started again, which it then is unless `restart` is `never`. */
  readonly onUnhealthy?: (why: string) => void;
  /** Default 20 s. */
  readonly readyWithinMs?: number;
  /** Default: it stands alone. */
  readonly node?: ClusterNode;
}

export interface ClusterNode extends ClusterPlace {
  /** The other nodes know it by this name, also after a restart; unlike that of any other server on this machine. */
  readonly name: string;
  /** The same passwords at every node. */
  readonly users: NatsUsers;
}

/** A nats-server with its accounts; `url` is the house's own. */
export interface EmbeddedNats extends EmbeddedServer {
  /** Of who keeps the mirror that subscribers read. A secret. */
  readonly keeperUrl: string;
  /** Reads events and nothing else: to be given to other systems. */
  readonly subscriberUrl: string;
}

/**
 * Runs a real nats-server with JetStream on loopback; its URL is `nats://user:password@127.0.0.1:port`.
 * Data and password survive a restart on the same directory.
 *
 * @throws EmbeddedError
 */
export async function startNats(options: NatsOptions): Promise<EmbeddedNats> {
  const directory = resolve(options.storeDir);
  const binary = await findNatsServer();
  await ensureWritableDirectory(directory);
  const { node } = options;
  const users = node?.users ?? (await readNatsUsers(directory));
  const urlOf = (name: keyof NatsUsers, port: number): string =>
    `nats://${NATS_USERS[name]}:${users[name]}@127.0.0.1:${port}`;
  const configFile = join(directory, 'nats-server.conf');
  const serverName = node?.name ?? `necrocode-${randomUUID()}`;

  const server = await runServer({
    name: 'nats-server',
    port: options.port,
    logFile: join(directory, 'nats-server.log'),
    readyWithinMs: options.readyWithinMs ?? 20_000,
    onExit: options.onExit,
    command: async (port) => {
      await writePrivateFile(configFile, natsConfig({ port, storeDir: directory, serverName, users, cluster: node }));
      return {
        command: [binary, '--config', configFile],
        env: { PATH: process.env['PATH'] },
        stateFile: join(directory, 'process.json'),
        restart: options.restart ?? 'never',
      };
    },
    isReady: async (_pid, port) => (await greeting(port))?.server_name === serverName,
    url: (port) => urlOf('house', port),
  });
  const stopLooking =
    options.restart === undefined || options.restart === 'never'
      ? () => undefined
      : keepJetStreamOn({
          logFile: server.logFile,
          storeDir: join(directory, 'jetstream'),
          end: () => server.kill(),
          onOff: (why) => options.onUnhealthy?.(why),
        });
  const { stop } = server;
  return Object.assign(server, {
    keeperUrl: urlOf('keeper', server.port),
    subscriberUrl: urlOf('subscriber', server.port),
    stop: () => {
      stopLooking();
      return stop();
    },
  });
}

/** The passwords kept in a directory, made on first use. */
export async function readNatsUsers(directory: string): Promise<NatsUsers> {
  return {
    house: await readOrCreateSecret(join(directory, 'password')),
    keeper: await readOrCreateSecret(join(directory, 'keeper-password')),
    subscriber: await readOrCreateSecret(join(directory, 'subscriber-password')),
  };
}
