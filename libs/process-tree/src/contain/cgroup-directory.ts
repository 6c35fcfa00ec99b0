import { readdirSync, rmdirSync, statSync } from 'node:fs';
import type { CgroupPlace, OwnCgroup } from './containment.js';
import { isDead, type ProcessRow } from '../proc/process-row.js';
import { readProcess } from '../proc/process-table.js';
import { readProc } from '../proc/read-proc.js';

/** The cgroup that is at this place now. Throws when there is none. */
export const ownCgroup = (place: CgroupPlace): OwnCgroup => ({
  ...place,
  id: statSync(place.directory, { bigint: true }).ino.toString(),
});

/** False: it has been removed, and what may be there now is another one. */
export function stillExists({ directory, id }: OwnCgroup): boolean {
  return statSync(directory, { bigint: true, throwIfNoEntry: false })?.ino.toString() === id;
}

/** The directory and everything below it, deepest first: a job may have made cgroups of its own. */
export function cgroupsBelow(directory: string): string[] {
  return [...childCgroups(directory).flatMap(cgroupsBelow), directory];
}

function childCgroups(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${directory}/${entry.name}`);
  } catch {
    return []; // It has just been removed.
  }
}

/** The living processes in a cgroup and all below it. */
export function livingIn(directory: string): ProcessRow[] {
  const rows = new Map<number, ProcessRow>();
  for (const cgroup of cgroupsBelow(directory)) {
    // A threaded cgroup lists its processes only in its domain; then `cgroup.procs` cannot be read, and need not be.
    for (const line of (readProc(`${cgroup}/cgroup.procs`) ?? '').split('\n')) {
      const row = line === '' || line === '0' ? undefined : readProcess(Number(line));
      if (row !== undefined && !isDead(row)) rows.set(row.pid, row);
    }
  }
  return [...rows.values()];
}

/** Removes a cgroup and all below it: the kernel refuses as long as anybody is in one. */
export function removeCgroups(directory: string): boolean {
  for (const cgroup of cgroupsBelow(directory)) {
    try {
      rmdirSync(cgroup);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code !== 'ENOENT') return false;
    }
  }
  return true;
}
