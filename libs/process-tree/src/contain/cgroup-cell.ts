import { writeFileSync } from 'node:fs';
import type { ProcessRow } from '../proc/process-row.js';
import { readProc } from '../proc/read-proc.js';
import { signalProcess } from '../signal/signal-process.js';
import type { Cell, GoneProof } from './cell.js';
import type { CgroupControls } from './cgroup-controls.js';
import type { OwnCgroup } from './containment.js';
import { livingIn, removeCgroups, stillExists } from './cgroup-directory.js';
import type { Sweep } from './sweep.js';

/**
 * A tree in a cgroup of its own.
 * @param sweep given when the tree runs as a user who may write to cgroupfs and so move out: then the rest of the
 *   machine is searched for its marks as well. Null: the kernel does not let it out.
 */
export function cgroupCell(controls: CgroupControls, cgroup: OwnCgroup, sweep: Sweep | null): Cell {
  const { directory, path } = cgroup;
  const inside = (): readonly ProcessRow[] => (stillExists(cgroup) ? livingIn(directory) : []);
  let proof: GoneProof | undefined;
  const isInside = (row: ProcessRow): boolean => {
    const current = controls.pathOf(readProc(`/proc/${row.pid}/cgroup`) ?? '');
    return current === path || current?.startsWith(`${path}/`) === true;
  };
  const strays = (): readonly ProcessRow[] => sweep?.find() ?? [];

  return {
    means: controls.means,
    cgroup: directory,
    admit: (leader) => writeFileSync(`${directory}/cgroup.procs`, String(leader.pid)),
    members: inside,
    strays: () => strays().filter((row) => !isInside(row)),
    observe: (table) => sweep?.find(table()).length ?? inside().length,
    holds: (row) => isInside(row) || sweep?.holds(row) === true,

    async kill() {
      const killed = inside();
      if (stillExists(cgroup)) await controls.kill(directory);
      const outside = strays().filter((row) => signalProcess(row, 'SIGKILL') === 'delivered');
      return [...new Map([...killed, ...outside].map((row) => [row.pid, row])).values()];
    },

    async prove() {
      if (proof !== undefined) return proof;
      if (stillExists(cgroup) && controls.mayHoldProcesses(directory)) return undefined;
      const passes = (await sweep?.emptyPasses()) ?? 0;
      if (sweep !== null && passes < 2) return undefined;
      if (stillExists(cgroup) && !removeCgroups(directory)) return undefined;
      return (proof ??= { assurance: 'kernel', passes, provenAt: new Date().toISOString() });
    },

    watch: (onChange) => controls.watch(directory, onChange),
    freeze: async () => stillExists(cgroup) && controls.freeze(directory),
    thaw: () => stillExists(cgroup) && controls.thaw(directory),
    cpuMs: () => controls.cpuMs(directory),
  };
}
