import { join, resolve } from 'node:path';
import {
  type EmbeddedServer,
  EmbeddedError,
  ensureWritableDirectory,
  isPortFree,
  pickPort,
  readOrCreateSecret,
  type RestartPolicy,
  type SupervisedProcess,
  writePrivateFile,
} from '@necrocode/embedded';
import { logDirectory, natsUrlFile, subscriberUrlFile, tokenFile } from './home.js';
import { SERVICES, type ServiceName } from './members.js';
import { forgetMetricsTargets, writeMetricsTargets } from './metrics-targets.js';
import { type Member, memberReady, startMember, type SystemProgress } from './start-member.js';
import { startServers } from './start-servers.js';
import { forgetSystemState, readSystemState, writeSystemState } from './system-state.js';
import { workerSettings } from './start-worker.js';
import { untilReady } from './until-ready.js';

export interface SystemOptions {
  /** Everything the system keeps is below it; made when missing. */
  readonly home: string;
  /** Port of the API on 127.0.0.1; default: a free one. */
  readonly gatewayPort?: number;
  /** A PostgreSQL and a NATS that run already; default: the embedded ones. */
  readonly databaseUrl?: string | undefined;
  readonly natsUrl?: string | undefined;
  /** Of each service; default 1. */
  readonly replicas?: number;
  /** Nodes of the embedded NATS, as a cluster with three copies of every stream when there are three or five; default 1. */
  readonly natsNodes?: number;
  /** Runners on this machine; default 1. */
  readonly runners?: number;
  /** Modules of workers: each gets a runner of its own that can run its functions. */
  readonly workers?: readonly string[];
  /** More settings for every process, such as LOG_LEVEL. */
  readonly env?: Readonly<Record<string, string>>;
  /** When what dies is started again; default: soon, then ever later. */
  readonly restart?: RestartPolicy;
  /** Told as things start and die. */
  readonly onProgress?: (progress: SystemProgress) => void;
}

export interface LocalSystem {
  readonly home: string;
  readonly gatewayUrl: string;
  /** One for each replica of the gateway. */
  readonly gatewayUrls: readonly string[];
  /** Secrets: bearer token and connection URLs. */
  readonly token: string;
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** Reads events and nothing else; undefined where a NATS outside is used, which has its own accounts. */
  readonly subscriberUrl: string | undefined;
  /** `postgresql`, `nats-server` (`nats-server-1` and so on of a cluster); without those that are used from outside. */
  readonly servers: ReadonlyMap<string, EmbeddedServer>;
  /** The first replica of a service has its name, the second `dispatcher-2`. */
  readonly processes: ReadonlyMap<string, SupervisedProcess>;
  /** Resolves when a process that died is up and ready again. */
  untilReady(name: string): Promise<void>;
  /** Ends everything, in the opposite order of its start. Repeatable. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL, NATS, the services as processes of their own and the runners, and keeps them up. Resolves when
 * the whole is ready to take jobs.
 * @throws EmbeddedError with one sentence on what is wrong and one on what to do
 */
export async function startSystem(options: SystemOptions): Promise<LocalSystem> {
  const home = resolve(options.home);
  const { onProgress = () => undefined } = options;
  await ensureWritableDirectory(home);
  const running = await readSystemState(home);
  if (running) {
    throw new EmbeddedError(
      'already-running',
      `A system runs already in ${home}, at ${running.gatewayUrl}.`,
      'Use it, or stop it with `npm run down`.',
    );
  }
  const gatewayPort = options.gatewayPort ?? (await pickPort());
  if (!(await isPortFree(gatewayPort))) {
    throw new EmbeddedError(
      'port-taken',
      `Port ${gatewayPort}, meant for the API, is used by another program.`,
      'End that program, or choose another port with --port.',
    );
  }
  const token = await readOrCreateSecret(tokenFile(home));
  await ensureWritableDirectory(logDirectory(home));
  await ensureWritableDirectory(join(home, 'processes'));
  const ends: (() => Promise<void>)[] = [];
  const members = new Map<string, Member>();
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= endInOrder(ends));
  try {
    const { servers, databaseUrl, natsUrl, natsReplicas, keeperUrl, subscriberUrl } = await startServers(
      home,
      options,
      onProgress,
      ends,
    );
    const env = {
      NATS_REPLICAS: String(natsReplicas),
      ...options.env,
      ...(keeperUrl === undefined ? {} : { SUBSCRIBERS_NATS_URL: keeperUrl }),
      DATABASE_URL: databaseUrl,
      NATS_URL: natsUrl,
      GATEWAY_TOKEN: token,
    };
    const start = (name: string, app: ServiceName | 'runner', more: Record<string, string> = {}) =>
      startMember({ name, app, home, env: { ...env, ...more }, restart: options.restart, onProgress }).then(
        (member) => {
          members.set(name, member);
          ends.push(async () => {
            onProgress({ name, status: 'stopping' });
            await member.process.stop();
            onProgress({ name, status: 'stopped' });
          });
        },
      );
    const replicas = Array.from({ length: options.replicas ?? 1 }, (_, index) => index + 1);
    const gatewayPorts = await Promise.all(replicas.map(async (number) => (number === 1 ? gatewayPort : pickPort())));
    await Promise.all(
      gatewayPorts.flatMap((port, index) =>
        SERVICES.map((app) => start(index === 0 ? app : `${app}-${index + 1}`, app, { GATEWAY_PORT: String(port) })),
      ),
    );
    for (let number = 1; number <= (options.runners ?? 1); number += 1) {
      const name = `runner-${number}`;
      await start(name, 'runner', { RUNNER_HOME: join(home, name), ARTIFACT_STORE: join(home, 'artifacts') });
    }
    for (const [index, module] of (options.workers ?? []).entries()) {
      const name = `worker-${index + 1}`;
      await start(name, 'runner', workerSettings(home, name, module));
    }
    await Promise.all([...members.values()].map((member) => memberReady(member, onProgress)));
    const gatewayUrl = urlOf(gatewayPort);
    await writePrivateFile(natsUrlFile(home), `${natsUrl}\n`);
    if (subscriberUrl !== undefined) await writePrivateFile(subscriberUrlFile(home), `${subscriberUrl}\n`);
    await writeSystemState(home, {
      gatewayUrl,
      startedAt: new Date().toISOString(),
      processes: [...members.values()].map(({ name, healthUrl, logFile }) => ({ name, healthUrl, logFile })),
    });
    await writeMetricsTargets(home, [...members.values()]);
    ends.push(() => forgetSystemState(home));
    ends.push(() => forgetMetricsTargets(home));
    return {
      home,
      gatewayUrl,
      gatewayUrls: gatewayPorts.map(urlOf),
      token,
      databaseUrl,
      natsUrl,
      subscriberUrl,
      servers,
      processes: new Map([...members].map(([name, { process }]) => [name, process])),
      untilReady: async (name) => {
        const member = members.get(name);
        if (!member) throw new RangeError(`there is no process ${name}`);
        await untilReady(member);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function urlOf(gatewayPort: number): string {
  return `http://127.0.0.1:${gatewayPort}`;
}

async function endInOrder(ends: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const end of ends.reverse()) {
    await end().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}
