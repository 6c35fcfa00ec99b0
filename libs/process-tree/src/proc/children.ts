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

let thisTurn: { readonly children: ProcessRow[] | undefined } | undefined;

/**
 * The children of this process, read at most once in a turn of the event loop: a hundred trees that are signalled at once cost one look.
 * Who is born meanwhile is found in the next; nothing is proven by this one.
 */
export function ownChildren(): ProcessRow[] | undefined {
  if (thisTurn === undefined) {
    thisTurn = { children: childrenOf(process.pid) };
    setImmediate(() => (thisTurn = undefined));
  }
  return thisTurn.children;
}

let next: Promise<ProcessRow[] | undefined> | undefined;

/** As `ownChildren`, read after this call: everybody who asks in the same turn gets the same look. */
export function nextOwnChildren(): Promise<ProcessRow[] | undefined> {
  next ??= new Promise((resolve) => {
    setImmediate(() => {
      next = undefined;
      resolve(childrenOf(process.pid));
    });
  });
  return next;
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
