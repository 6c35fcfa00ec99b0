import { readdirSync } from 'node:fs';
import { parseStat } from './parse-stat.js';
import type { ProcessRow } from './process-row.js';
import { psTable } from './ps-table.js';
import { readProc } from './read-proc.js';

export type ProcessTable = ReadonlyMap<number, ProcessRow>;

export const hasProc = process.platform === 'linux';

/** One process, read now; undefined when there is none. */
export function readProcess(pid: number): ProcessRow | undefined {
  if (!hasProc) return psTable().get(pid);
  const text = readProc(`/proc/${pid}/stat`, 'one-read');
  return text === undefined ? undefined : parseStat(text);
}

/** Every process on the machine, read now. About 10 µs each. */
export function readProcessTable(): ProcessTable {
  if (!hasProc) return psTable();
  const table = new Map<number, ProcessRow>();
  for (const name of readdirSync('/proc')) {
    const digit = name.charCodeAt(0);
    if (digit < 48 || digit > 57) continue;
    const text = readProc(`/proc/${name}/stat`, 'one-read');
    const row = text === undefined ? undefined : parseStat(text);
    if (row !== undefined) table.set(row.pid, row);
  }
  return table;
}

let next: Promise<ProcessTable> | undefined;

/**
 * A table read after this call. Everybody who asks in the same turn of the event loop gets the same one, so a
 * thousand trees ended at once cost one sweep, not a thousand.
 */
export function nextProcessTable(): Promise<ProcessTable> {
  next ??= new Promise((resolve) => {
    setImmediate(() => {
      next = undefined;
      resolve(readProcessTable());
    });
  });
  return next;
}
