import { readdirSync, readFileSync } from 'node:fs';

/** Every process inherits it from the spec that started it, also one that left its parent and session. */
export const MARKER = 'NECROCODE_SPEC';

export interface LiveProcess {
  readonly pid: number;
  readonly command: string;
}

/** Children of this process, and processes anywhere that carry the marker in their environment. Zombies are dead. Empty without /proc. */
export function findProcessesOf(marker: string): LiveProcess[] {
  return pids().flatMap((pid) => {
    const status = readStatus(pid);
    if (!status || pid === process.pid) return [];
    const ours = status.parent === process.pid || carriesMarker(pid, marker);
    return ours ? [{ pid, command: status.command }] : [];
  });
}

function pids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isSafeInteger);
  } catch {
    return [];
  }
}

/** proc(5) stat: pid (command) state parent …; undefined when it is gone or a zombie. */
function readStatus(pid: number): { parent: number; command: string } | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const close = stat.lastIndexOf(')');
  const [state, parent] = stat.slice(close + 2).split(' ');
  return state === 'Z' || state === 'X'
    ? undefined
    : { parent: Number(parent), command: stat.slice(stat.indexOf('(') + 1, close) };
}

function carriesMarker(pid: number, marker: string): boolean {
  return read(`/proc/${pid}/environ`)?.split('\0').includes(`${MARKER}=${marker}`) ?? false;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // Gone meanwhile, or another user's.
  }
}
