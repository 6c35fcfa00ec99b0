import { fork } from 'node:child_process';
import { once } from 'node:events';
import { clock, type ProcessWatcher } from './process-watcher.js';

export interface Floor {
  /** ms from the request to: durable, last process gone. */
  cancelOne(watcher: ProcessWatcher): Promise<{ readonly acknowledged: number; readonly gone: number }>;
  close(): void;
}

export async function startFloor(databaseUrl: string): Promise<Floor> {
  const script = new URL('./floor-server.ts', import.meta.url).pathname;
  const server = fork(script, { env: { ...process.env, DATABASE_URL: databaseUrl } });
  const [port] = (await once(server, 'message')) as [number];
  const get = async <T>(path: string): Promise<T> =>
    (await (await fetch(`http://127.0.0.1:${port}${path}`)).json()) as T;
  return {
    async cancelOne(watcher) {
      const { pid } = await get<{ pid: number }>('/spawn');
      await pause();
      const gone = watcher.goneAt(pid);
      const requestedAt = clock();
      const { acknowledgedAt } = await get<{ acknowledgedAt: number }>(`/cancel/${pid}`);
      return { acknowledged: acknowledgedAt - requestedAt, gone: (await gone) - requestedAt };
    },
    close: () => server.disconnect(),
  };
}

/** The same idle gap before every measured call: latency depends on it. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 60));
}
