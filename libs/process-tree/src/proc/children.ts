import { readdirSync } from 'node:fs';
import type { ProcessRow } from './process-row.js';
import { readProcess } from './process-table.js';
import { readProc } from './read-proc.js';

/**
 * The children of a process, dead ones that nobody has collected included; undefined: this kernel does not list them
 * (CONFIG_PROC_CHILDREN). While siblings come and go the kernel may leave one out, so one look alone proves nothing.
 */
export function childrenOf(pid: number): ProcessRow[] | undefined {
  const lists = threadsOf(pid).map((thread) => readProc(`/proc/${pid}/task/${thread}/children`));
  if (lists.length > 0 && lists.every((list) => list === undefined)) return undefined;
  return lists
    .flatMap((list) => (list ?? '').split(' '))
    .filter((child) => child.trim() !== '')
    .map((child) => readProcess(Number(child)))
    .filter((row) => row !== undefined);
}

/** A process and everybody below it. */
export const withDescendants = (row: ProcessRow): ProcessRow[] => [
  row,
  ...(childrenOf(row.pid) ?? []).flatMap(withDescendants),
];

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}
