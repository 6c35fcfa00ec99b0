import { readdirSync, readFileSync } from 'node:fs';

/** A process of a job, as /proc shows it. */
export interface SeenProcess {
  readonly pid: number;
  /** Clock ticks after boot: with the pid, the name of one process and no other. */
  readonly startTime: string;
  /** One letter of proc(5): R, S, T (stopped), Z (zombie) … */
  readonly state: string;
  readonly parent: number;
  readonly command: string;
}

/**
 * Every living process whose environment carries one of the values: the demo's own look at /proc, sharing no code with
 * the platform it checks. Zombies are dead.
 */
export function processesWith(variable: string, values: ReadonlySet<string>): readonly SeenProcess[] {
  return livingPids().flatMap((pid) => {
    const environment = read(`/proc/${pid}/environ`)?.split('\0') ?? [];
    const carries = environment.some((entry) => {
      const at = entry.indexOf('=');
      return entry.slice(0, at) === variable && values.has(entry.slice(at + 1));
    });
    return carries ? (look(pid) ?? []) : [];
  });
}

/** Of processes seen before, the ones that still live. */
export function stillAlive(before: readonly SeenProcess[]): readonly SeenProcess[] {
  return before.filter(({ pid, startTime }) => look(pid)?.startTime === startTime);
}

function look(pid: number): SeenProcess | null {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0] ?? '?';
  if (state === 'Z' || state === 'X') return null;
  const command = (read(`/proc/${pid}/cmdline`) ?? '').split('\0').join(' ').trim();
  return { pid, state, parent: Number(fields[1]), startTime: fields[19] ?? '', command };
}

function livingPids(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // Gone between the look and the read, or not ours to read.
  }
}
