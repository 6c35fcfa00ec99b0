import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import type { ProcessRow } from '../proc/process-row.js';
import { readProcess } from '../proc/process-table.js';
import type { LeaderExit } from '../stop/stop-report.js';

export interface SpawnedLeader {
  readonly child: ChildProcess;
  readonly row: ProcessRow;
  readonly exited: Promise<LeaderExit>;
}

/** Starts a process as leader of its own session and group. Rejects with the system's error when it cannot be. */
export async function spawnLeader(
  file: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<SpawnedLeader> {
  const child = spawn(file, args, { ...options, detached: true });
  const exited = new Promise<LeaderExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal, endedAt: new Date().toISOString() }));
  });
  if (child.pid === undefined) throw (await once(child, 'error'))[0];
  const row = readProcess(child.pid);
  if (row === undefined) throw new Error(`process ${child.pid} ended before it could be looked at`);
  return { child, row, exited };
}
