import { type Marker, readMarker, readResourceTag, resourceTagOf } from '../proc/marker.js';
import { type ProcessIdentity, identityOf } from '../proc/process-identity.js';
import { isDead } from '../proc/process-row.js';
import { readProcessTable } from '../proc/process-table.js';

/** A living process that carries the mark of a tree. */
export interface MarkedProcess extends ProcessIdentity {
  /** The marker's value; null: its environment is cleared or not ours to read, but its resource tag is the tree's. */
  readonly value: string | null;
}

/**
 * Everybody on this machine who carries a marker: an independent second look that rests on no record, no cgroup and no
 * parent chain. Reads two files per process.
 * @param value of one tree; undefined: any value of the variable (then only the environment can tell)
 */
export function scanForMarker(name: string, value?: string): MarkedProcess[] {
  const tag = value === undefined ? undefined : resourceTagOf({ name, value } satisfies Marker);
  const found: MarkedProcess[] = [];
  for (const row of readProcessTable().values()) {
    if (isDead(row) || row.pid === process.pid) continue;
    const own = readMarker(row.pid, name);
    const isMarked = value === undefined ? own !== undefined : own === value;
    if (isMarked || (tag !== undefined && readResourceTag(row.pid) === tag)) {
      found.push({ ...identityOf(row), value: own ?? null });
    }
  }
  return found;
}
