import { readFileSync } from 'node:fs';

/** One process and no other: pids are reused, so the start time and the boot they count from belong to the name. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot, field 22 of /proc/<pid>/stat; empty where there is no /proc. */
  readonly startTime: string;
  /** Empty where there is no /proc. */
  readonly bootId: string;
}

/** Who runs under this pid now; undefined when nobody does or only a zombie is left. */
export function identify(pid: number): ProcessIdentity | undefined {
  const bootId = readProc('sys/kernel/random/boot_id')?.trim();
  if (bootId === undefined) return signalCanReach(pid) ? { pid, startTime: '', bootId: '' } : undefined;
  const startTime = startTimeOf(readProc(`${pid}/stat`));
  return startTime === undefined ? undefined : { pid, startTime, bootId };
}

export function isAlive(process: ProcessIdentity): boolean {
  const now = identify(process.pid);
  return now !== undefined && now.startTime === process.startTime && now.bootId === process.bootId;
}

/** proc(5): the command name in field 2 may hold spaces and parentheses, so fields count from the last `)`. */
function startTimeOf(stat: string | undefined): string | undefined {
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  return state === 'Z' || state === 'X' ? undefined : fields[19];
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return undefined;
  }
}

function signalCanReach(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
