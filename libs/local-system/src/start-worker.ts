import { readFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { EmbeddedError, ensureWritableDirectory } from '@necrocode/embedded';
import { logDirectory, natsUrlFile } from './home.js';
import { memberReady, startMember, type SystemProgress } from './start-member.js';

export interface WorkerOptions {
  /** Of the system it belongs to; its own files go there too. */
  readonly home: string;
  /** The module whose functions it runs. */
  readonly module: string;
  /** Default: that of the system that runs in `home`. */
  readonly natsUrl?: string | undefined;
  /** Calls at a time; default: the runner's. */
  readonly capacity?: number | undefined;
  readonly onProgress?: (progress: SystemProgress) => void;
}

export interface LocalWorker {
  /** Ends every call, then the worker. */
  stop(): Promise<void>;
}

/** Settings that make a runner a worker. It offers no slots: those belong to the machine's own runner. */
export function workerSettings(home: string, name: string, module: string): Record<string, string> {
  const artifacts = join(home, 'artifacts');
  return {
    RUNNER_HOME: join(home, name),
    ARTIFACT_STORE: artifacts,
    RUNNER_HANDLERS: resolve(module),
    RUNNER_SLOTS: '',
  };
}

/**
 * Starts a worker as a process of its own and keeps it up.
 * @throws EmbeddedError when no system can be found for it
 */
export async function startWorker({ onProgress = () => undefined, ...options }: WorkerOptions): Promise<LocalWorker> {
  const home = resolve(options.home);
  const natsUrl = options.natsUrl ?? (await readFile(natsUrlFile(home), 'utf8').catch(() => undefined))?.trim();
  if (natsUrl === undefined) {
    throw new EmbeddedError(
      'start-failed',
      `No system has run in ${home}, so there is nothing to work for.`,
      'Start one with `npm start`, or name the NATS of another with NATS_URL.',
    );
  }
  for (const directory of [home, logDirectory(home), join(home, 'processes')]) await ensureWritableDirectory(directory);
  const name = `worker-${basename(options.module, extname(options.module)).replace(/[^\w-]/g, '-')}`;
  const capacity = options.capacity === undefined ? {} : { RUNNER_CAPACITY: String(options.capacity) };
  const env = { NATS_URL: natsUrl, ...workerSettings(home, name, options.module), ...capacity };
  const member = await startMember({ name, app: 'runner', home, env, onProgress });
  try {
    await memberReady(member, onProgress);
  } catch (error) {
    await member.process.stop();
    throw error;
  }
  return { stop: () => member.process.stop() };
}
