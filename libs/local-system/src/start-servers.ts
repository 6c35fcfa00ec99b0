import { join } from 'node:path';
import {
  defaultRestartPolicy,
  type EmbeddedNats,
  type EmbeddedServer,
  type ProcessExit,
  startNats,
  startNatsCluster,
  startPostgres,
} from '@necrocode/embedded';
import { reportDeath, type SystemProgress } from './start-member.js';
import type { SystemOptions } from './start-system.js';

/** PostgreSQL and NATS, be they ours or from outside. */
export interface Servers {
  /** Ours, by the names progress is told under. */
  readonly servers: ReadonlyMap<string, EmbeddedServer>;
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** Copies of every stream. */
  readonly natsReplicas: number;
  /** undefined where a NATS outside is used, which has its own accounts. */
  readonly keeperUrl: string | undefined;
  readonly subscriberUrl: string | undefined;
}

const COPIES_IN_A_CLUSTER = 3;

/** Starts what is not given from outside; how to end each is added to `ends`. */
export async function startServers(
  home: string,
  options: Pick<SystemOptions, 'databaseUrl' | 'natsUrl' | 'natsNodes' | 'restart'>,
  onProgress: (progress: SystemProgress) => void,
  ends: (() => Promise<void>)[],
): Promise<Servers> {
  const servers = new Map<string, EmbeddedServer>();
  const keep = (name: string, server: EmbeddedServer): void => {
    onProgress({ name, status: 'up', detail: `127.0.0.1:${server.port}` });
    servers.set(name, server);
    ends.push(async () => {
      onProgress({ name, status: 'stopping' });
      await server.stop();
      onProgress({ name, status: 'stopped' });
    });
  };
  const restart = options.restart ?? defaultRestartPolicy;
  const died = (name: string) => (exit: ProcessExit) => reportDeath(name, exit, onProgress);
  const unhealthy = (name: string) => (detail: string) => onProgress({ name, status: 'unhealthy', detail });

  const postgres = async (): Promise<string> => {
    if (options.databaseUrl !== undefined) return options.databaseUrl;
    const name = 'postgresql';
    onProgress({ name, status: 'starting' });
    const server = await startPostgres({ dataDir: join(home, 'postgres'), restart, onExit: died(name) });
    keep(name, server);
    return server.url;
  };
  const nats = async (): Promise<readonly EmbeddedNats[]> => {
    if (options.natsUrl !== undefined) return [];
    const nodes = options.natsNodes ?? 1;
    const storeDir = join(home, 'nats');
    const nameOf = (node: number): string => (nodes === 1 ? 'nats-server' : `nats-server-${node}`);
    for (let node = 1; node <= nodes; node += 1) onProgress({ name: nameOf(node), status: 'starting' });
    const started =
      nodes === 1
        ? [await startNats({ storeDir, restart, onExit: died(nameOf(1)), onUnhealthy: unhealthy(nameOf(1)) })]
        : await startNatsCluster({
            storeDir,
            nodes,
            restart,
            onExit: (node, exit) => died(nameOf(node))(exit),
            onUnhealthy: (node, why) => unhealthy(nameOf(node))(why),
          });
    started.forEach((server, index) => keep(nameOf(index + 1), server));
    return started;
  };

  const [databaseUrl, ours] = await Promise.all([postgres(), nats()]);
  const listed = (urls: readonly string[]): string | undefined => (urls.length > 0 ? urls.join(',') : undefined);
  return {
    servers,
    databaseUrl,
    natsUrl: options.natsUrl ?? ours.map(({ url }) => url).join(','),
    natsReplicas: Math.min(ours.length || 1, COPIES_IN_A_CLUSTER),
    keeperUrl: listed(ours.map(({ keeperUrl }) => keeperUrl)),
    subscriberUrl: listed(ours.map(({ subscriberUrl }) => subscriberUrl)),
  };
}
