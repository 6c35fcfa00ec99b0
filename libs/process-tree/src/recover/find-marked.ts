import { readMarker, readResourceTag, type ResourceTag } from '../proc/marker.js';
import { isDead } from '../proc/process-row.js';
import { type ProcessIdentity, identityOf } from '../proc/process-identity.js';
import { readProcessTable } from '../proc/process-table.js';

/** A living process that carries a mark of ours or somebody else's. */
export interface StrangeProcess extends ProcessIdentity {
  /** The marker's value; undefined: it has cleared its environment, or it is not ours to read. */
  readonly value: string | undefined;
  /** Of the variable that says whose it is; undefined: it does not say. */
  readonly owner: string | undefined;
  readonly tag: ResourceTag | undefined;
}

/**
 * Everybody on this machine who carries the mark of any tree, whoever started it: to find what nobody has in hand. Who a
 * process belongs to is for the caller to tell from what it carries. Reads three files per process.
 * @param name of the marker variable @param ownerName of the variable that names the agent
 */
export function findMarked(name: string, ownerName: string): StrangeProcess[] {
  return [...readProcessTable().values()].flatMap((row) => {
    if (row.pid <= 1 || row.pid === process.pid || isDead(row)) return [];
    const value = readMarker(row.pid, name);
    const tag = readResourceTag(row.pid);
    if (value === undefined && tag === undefined) return [];
    return [{ ...identityOf(row), value, owner: readMarker(row.pid, ownerName), tag }];
  });
}
