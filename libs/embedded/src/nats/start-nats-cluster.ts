import { join, resolve } from 'node:path';
import { ensureWritableDirectory, readOrCreateSecret } from '../files/private-files.js';
import { pickPort } from '../server/pick-port.js';
import { type EmbeddedNats, type NatsOptions, readNatsUsers, startNats } from './start-nats.js';

export interface NatsClusterOptions extends Pick<NatsOptions, 'storeDir' | 'restart' | 'readyWithinMs'> {
  /** Three or five: what is stored is safe while more than half of them live. */
  readonly nodes: number;
  /** Told of each death by the number of the node, from 1. */
  readonly onExit?: (node: number, exit: Parameters<NonNullable<NatsOptions['onExit']>>[0]) => void;
  readonly onUnhealthy?: (node: number, why: string) => void;
}

/**
 * Runs a JetStream cluster on loopback, each node in a directory of its own below `storeDir`. Resolves when every node takes
 * connections; JetStream itself answers once the nodes have elected a leader, a few seconds after the first start.
 *
 * @throws EmbeddedError
 */
export async function startNatsCluster(options: NatsClusterOptions): Promise<readonly EmbeddedNats[]> {
  const directory = resolve(options.storeDir);
  await ensureWritableDirectory(directory);
  const users = await readNatsUsers(directory);
  const password = await readOrCreateSecret(join(directory, 'route-password'));
  const ports = await Promise.all(Array.from({ length: options.nodes }, () => pickPort()));
  const { onExit, onUnhealthy } = options;
  const starting = ports.map(async (port, index) => {
    const storeDir = join(directory, `node-${index + 1}`);
    await ensureWritableDirectory(storeDir);
    return startNats({
      storeDir,
      ...(options.restart === undefined ? {} : { restart: options.restart }),
      ...(options.readyWithinMs === undefined ? {} : { readyWithinMs: options.readyWithinMs }),
      ...(onExit ? { onExit: (exit) => onExit(index + 1, exit) } : {}),
      ...(onUnhealthy ? { onUnhealthy: (why) => onUnhealthy(index + 1, why) } : {}),
      node: {
        name: `node-${index + 1}-${await readOrCreateSecret(join(storeDir, 'node-name'))}`,
        users,
        port,
        password,
        others: ports.filter((other) => other !== port),
      },
    });
  });
  const started = await Promise.allSettled(starting);
  const nodes = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failure = started.find((result) => result.status === 'rejected');
  if (failure === undefined) return nodes;
  await Promise.all(nodes.map((node) => node.stop()));
  throw failure.reason;
}
