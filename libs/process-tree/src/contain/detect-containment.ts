import { mkdirSync } from 'node:fs';
import { ProcessTreeError } from '../errors.js';
import { libc } from '../native/libc.js';
import { readProc } from '../proc/read-proc.js';
import type { CgroupControls } from './cgroup-controls.js';
import { cgroup1FreezerControls } from './cgroup1-freezer-controls.js';
import { cgroup2Controls } from './cgroup2-controls.js';
import {
  type CgroupPlace,
  type Containment,
  type ContainmentMeans,
  containmentMeans,
  isPlainName,
} from './containment.js';
import { removeCgroups } from './cgroup-directory.js';
import { findMount, placeIn, placesFor } from './find-cgroups.js';
import { probeCgroup } from './probe-cgroup.js';

export interface DetectOptions {
  /** Names the caller's trees on this machine: two agents side by side take two groups. Letters, digits, `_`, `-`. */
  readonly group: string;
  /** The means that may be used; default all. `process-group` is what remains when no other can be. */
  readonly allow?: readonly ContainmentMeans[];
}

/**
 * Finds the strongest means of containment by trying it. Once, at start-up; takes some milliseconds. From then on orphans
 * of trees come home to this process. Never throws for what a machine lacks.
 * @throws ProcessTreeError `name-unsupported`
 */
export async function detectContainment({ group, allow = containmentMeans }: DetectOptions): Promise<Containment> {
  if (!isPlainName(group)) throw new ProcessTreeError('name-unsupported', `"${group}" cannot name a group of trees.`);
  const aids = detectAids();
  const refused: { means: ContainmentMeans; reason: string }[] = [];
  for (const controls of [cgroup2Controls, cgroup1FreezerControls]) {
    const { means } = controls;
    const found = allow.includes(means) ? await tryCgroup(controls, group) : 'not allowed by the caller';
    if (typeof found !== 'string') return { means, assurance: 'kernel', group, root: found, refused, aids };
    refused.push({ means, reason: found });
  }
  return { means: 'process-group', assurance: 'swept', group, root: null, refused, aids };
}

async function tryCgroup(controls: CgroupControls, group: string): Promise<CgroupPlace | string> {
  const mount = findMount(readProc('/proc/self/mountinfo') ?? '', controls.means);
  if (mount === undefined) return 'not mounted';
  const reasons: string[] = [];
  for (const place of placesFor(mount, controls.pathOf(readProc('/proc/self/cgroup') ?? '') ?? '/')) {
    const root = placeIn(place, group);
    const reason = makeDirectory(root.directory) ?? (await probeCgroup(controls, root));
    if (reason === undefined) return root;
    removeCgroups(root.directory);
    reasons.push(reason);
  }
  return [...new Set(reasons)].join('; ');
}

function makeDirectory(directory: string): string | undefined {
  try {
    mkdirSync(directory, { recursive: true });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function detectAids(): Containment['aids'] {
  const native = libc();
  const own = native?.pidfdOpen(process.pid);
  if (own !== undefined) native?.close(own);
  return { pidfd: own !== undefined, subreaper: native?.becomeSubreaper() ?? false };
}
