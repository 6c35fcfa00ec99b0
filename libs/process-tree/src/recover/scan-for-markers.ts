import { currentBootId } from '../proc/boot-id.js';
import { readMarker, readResourceTag, resourceTagOf } from '../proc/marker.js';
import { isDead } from '../proc/process-row.js';
import { type ProcessIdentity, identityOf } from '../proc/process-identity.js';
import { readProcessTable } from '../proc/process-table.js';
import type { TreeRecord } from '../tree-record.js';

/** A tree to look for by its mark. */
export interface MarkedTree {
  /** Of the marker variable; unique to the tree. */
  readonly value: string;
  /** What is known of its beginning: nobody of a tree is older than the process it began with. Null: nothing. */
  readonly record: Pick<TreeRecord, 'bootId' | 'startTime'> | null;
}

/** A living process that carries the mark of a tree, in its environment or as its resource tag. */
export interface MarkedProcess extends ProcessIdentity {
  /** The marker's value: whose it is. */
  readonly value: string;
}

/**
 * Everybody on this machine who carries the mark of one of these trees: a second look that rests on no cgroup and no
 * parent chain. Reads one file per process, and two more of those that are young enough.
 */
export function scanForMarkers(name: string, trees: readonly MarkedTree[]): MarkedProcess[] {
  if (trees.length === 0) return [];
  const values = new Set(trees.map(({ value }) => value));
  const byTag = new Map(trees.map(({ value }) => [resourceTagOf({ name, value }), value]));
  const oldest = Math.min(...trees.map(bornSince));
  const found: MarkedProcess[] = [];
  for (const row of readProcessTable().values()) {
    if (row.startTime < oldest || isDead(row) || row.pid === process.pid) continue;
    const own = readMarker(row.pid, name);
    const value = own !== undefined && values.has(own) ? own : byTag.get(readResourceTag(row.pid) ?? '');
    if (value !== undefined) found.push({ ...identityOf(row), value });
  }
  return found;
}

/** Clock ticks after boot; start times of another boot say nothing in this one. */
function bornSince({ record }: MarkedTree): number {
  return record?.bootId === currentBootId() ? record.startTime : 0;
}
