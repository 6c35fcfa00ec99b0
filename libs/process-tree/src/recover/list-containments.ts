import { readdirSync } from 'node:fs';
import { cgroupCell } from '../contain/cgroup-cell.js';
import { livingIn, ownCgroup, removeCgroups } from '../contain/cgroup-directory.js';
import type { Containment } from '../contain/containment.js';
import { placeIn } from '../contain/find-cgroups.js';
import { controlsOf } from '../contain/open-cell.js';
import { Peak } from '../observe/peak.js';
import { type ProcessIdentity, identityOf } from '../proc/process-identity.js';
import type { StopOptions } from '../stop/stop-options.js';
import type { StopReport } from '../stop/stop-report.js';
import { StopRun } from '../stop/stop-run.js';

/** A containment of the group that exists in the kernel, whoever made it and whatever was written down about it. */
export interface FoundContainment {
  readonly name: string;
  readonly processes: readonly ProcessIdentity[];
}

/** What the kernel holds for this group. Process groups leave no trace there: for them see `scanForMarkers`. */
export function listContainments({ root }: Containment): FoundContainment[] {
  if (root === null) return [];
  return namesIn(root.directory).map((name) => ({
    name,
    processes: livingIn(`${root.directory}/${name}`).map(identityOf),
  }));
}

/** Ends whoever is in a containment of the group and removes it; undefined: there is none of that name. */
export async function endContainment(
  containment: Containment,
  name: string,
  options: StopOptions = { gracePeriodMs: 0, force: true },
): Promise<StopReport | undefined> {
  const { root, means } = containment;
  if (root === null || !namesIn(root.directory).includes(name)) return undefined;
  const cell = cgroupCell(controlsOf(means), ownCgroup(placeIn(root, name)), null);
  return new StopRun({ cell, leaderPid: 0, exited: null, neverRan: false, peak: new Peak() }, options).report();
}

/** Removes the group itself, if no tree is left in it; for an agent that shuts down. */
export const closeContainment = ({ root }: Containment): boolean =>
  root === null || namesIn(root.directory).length > 0 ? root === null : removeCgroups(root.directory);

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
