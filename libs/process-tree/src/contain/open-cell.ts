import { mkdirSync } from 'node:fs';
import { ProcessTreeError } from '../errors.js';
import type { TreeRecord } from '../tree-record.js';
import type { Cell } from './cell.js';
import { cgroupCell } from './cgroup-cell.js';
import { ownCgroup } from './cgroup-directory.js';
import type { CgroupControls } from './cgroup-controls.js';
import { cgroup1FreezerControls } from './cgroup1-freezer-controls.js';
import { cgroup2Controls } from './cgroup2-controls.js';
import type { Containment, ContainmentMeans, OwnCgroup } from './containment.js';
import { placeIn } from './find-cgroups.js';
import { processGroupCell } from './process-group-cell.js';
import { Sweep } from './sweep.js';

export const controlsOf = (means: ContainmentMeans): CgroupControls =>
  means === 'cgroup1-freezer' ? cgroup1FreezerControls : cgroup2Controls;

/**
 * Makes the place for a new tree; null: its means needs none.
 * @throws ProcessTreeError `containment-failed`, also when a tree of that name is there already
 */
export function makePlace({ root }: Containment, name: string): OwnCgroup | null {
  if (root === null) return null;
  const place = placeIn(root, name);
  try {
    mkdirSync(root.directory, { recursive: true }); // Whoever tidied up an empty group took it away.
    mkdirSync(place.directory);
    return ownCgroup(place);
  } catch (cause) {
    throw new ProcessTreeError('containment-failed', `No cgroup could be made for ${name}.`, { cause });
  }
}

/** The cell of a tree, our own or a predecessor's. */
export function openCell(
  tree: Pick<TreeRecord, 'means' | 'cgroup' | 'mayEscape' | 'marker' | 'pid' | 'startTime'>,
  { orphansComeHome }: { readonly orphansComeHome: boolean },
): Cell {
  const sweep = new Sweep(tree.marker, tree, orphansComeHome);
  if (tree.cgroup === null) return processGroupCell(sweep);
  return cgroupCell(controlsOf(tree.means), tree.cgroup, tree.mayEscape ? sweep : null);
}
