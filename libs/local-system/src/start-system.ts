import { join, resolve } from 'node:path';
import {
  defaultRestartPolicy,
  type EmbeddedServer,
  EmbeddedError,
  ensureWritableDirectory,
  isPortFree,
  pickPort,
  type ProcessExit,
  readOrCreateSecret,
  type RestartPolicy,
  startNats,
  startPostgres,
  type SupervisedProcess,
  writePrivateFile,
} from '@necrocode/embedded';
import { logDirectory, natsUrlFile, subscriberUrlFile, tokenFile } from './home.js';
import { SERVICES, type ServiceName } from './members.js';
import { forgetMetricsTargets, writeMetricsTargets } from './metrics-targets.js';
import { type Member, memberReady, reportDeath, startMember, type SystemProgress } from './start-member.js';
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
  /** Secrets: bearer token and connection URLs. */
  readonly token: string;
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** Reads events and nothing else; undefined where a NATS outside is used, which has its own accounts. */
  readonly subscriberUrl: string | undefined;
  /** undefined where a server outside is used. */
  readonly postgres: EmbeddedServer | undefined;
  readonly nats: EmbeddedServer | undefined;
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
    const { postgres, nats, databaseUrl, natsUrl } = await startServers(home, options, onProgress, ends);
    const env = {
      ...options.env,
      ...(nats ? { SUBSCRIBERS_NATS_URL: nats.keeperUrl } : {}),
      DATABASE_URL: databaseUrl,
      NATS_URL: natsUrl,
      GATEWAY_TOKEN: token,
      GATEWAY_PORT: String(gatewayPort),
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
    await Promise.all(SERVICES.map((name) => start(name, name)));
    for (let number = 1; number <= (options.runners ?? 1); number += 1) {
      const name = `runner-${number}`;
      await start(name, 'runner', { RUNNER_HOME: join(home, name), ARTIFACT_STORE: join(home, 'artifacts') });
    }
    for (const [index, module] of (options.workers ?? []).entries()) {
      const name = `worker-${index + 1}`;
      await start(name, 'runner', workerSettings(home, name, module));
    }
    await Promise.all([...members.values()].map((member) => memberReady(member, onProgress)));
    const gatewayUrl = `http://127.0.0.1:${gatewayPort}`;
    await writePrivateFile(natsUrlFile(home), `${natsUrl}\n`);
    if (nats) await writePrivateFile(subscriberUrlFile(home), `${nats.subscriberUrl}\n`);
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
      token,
      databaseUrl,
      natsUrl,
      subscriberUrl: nats?.subscriberUrl,
      postgres,
      nats,
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

async function startServers(
  home: string,
  options: SystemOptions,
  onProgress: (progress: SystemProgress) => void,
  ends: (() => Promise<void>)[],
) {
  const start = async <Server extends EmbeddedServer>(name: string, server: () => Promise<Server>): Promise<Server> => {
    onProgress({ name, status: 'starting' });
    const started = await server();
    onProgress({ name, status: 'up', detail: `127.0.0.1:${started.port}` });
    ends.push(async () => {
      onProgress({ name, status: 'stopping' });
      await started.stop();
      onProgress({ name, status: 'stopped' });
    });
    return started;
  };
  const restart = options.restart ?? defaultRestartPolicy;
  const died = (name: string) => (exit: ProcessExit) => reportDeath(name, exit, onProgress);
  const [postgres, nats] = await Promise.all([
    options.databaseUrl === undefined
      ? start('postgresql', () =>
          startPostgres({ dataDir: join(home, 'postgres'), restart, onExit: died('postgresql') }),
        )
      : undefined,
    options.natsUrl === undefined
      ? start('nats-server', () => startNats({ storeDir: join(home, 'nats'), restart, onExit: died('nats-server') }))
      : undefined,
  ]);
  const databaseUrl = options.databaseUrl ?? postgres?.url ?? '';
  const natsUrl = options.natsUrl ?? nats?.url ?? '';
  return { postgres, nats, databaseUrl, natsUrl };
}

async function endInOrder(ends: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const end of ends.reverse()) {
    await end().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}
