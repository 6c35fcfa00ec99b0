import { currentBootId } from './boot-id.js';
import type { ProcessRow } from './process-row.js';
import { readProc } from './read-proc.js';

/** Names one process for ever: pids are reused, this is not. */
export interface ProcessIdentity {
  readonly bootId: string;
  readonly pid: number;
  /** Clock ticks after boot. */
  readonly startTime: number;
  /** Path in the cgroup v2 hierarchy; null where there is none. */
  readonly cgroup: string | null;
}

export function identityOf(row: ProcessRow): ProcessIdentity {
  const cgroup = /^0::(.*)$/m.exec(readProc(`/proc/${row.pid}/cgroup`) ?? '')?.[1] ?? null;
  return { bootId: currentBootId(), pid: row.pid, startTime: row.startTime, cgroup };
}
