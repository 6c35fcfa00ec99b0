import type { Cell } from '../contain/cell.js';
import type { ProcessRow } from '../proc/process-row.js';
import { readProc } from '../proc/read-proc.js';

/** What a tree uses. */
export interface TreeUsage {
  /** CPU time since the tree began. Without a cgroup to count it, that of the living and of the children they waited for. */
  readonly cpuMs: number;
  /** Resident memory; pages that processes share are counted for each. */
  readonly rssBytes: number;
  readonly processes: number;
  /** RFC 3339, UTC. */
  readonly sampledAt: string;
}

// USER_HZ: the unit of /proc/PID/stat, 100 on every architecture Node runs on, whatever the kernel's own tick.
const msPerTick = 10;

export function usageOf(cell: Cell): TreeUsage {
  const members = [...cell.members(), ...cell.strays()];
  return {
    cpuMs: cell.cpuMs() ?? members.reduce((sum, row) => sum + row.cpuTicks * msPerTick, 0),
    rssBytes: members.reduce((sum, row) => sum + rssBytesOf(row), 0),
    processes: members.length,
    sampledAt: new Date().toISOString(),
  };
}

function rssBytesOf({ pid }: ProcessRow): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readProc(`/proc/${pid}/status`) ?? '')?.[1];
  return kilobytes === undefined ? 0 : Number(kilobytes) * 1024;
}
