import { writeFile } from 'node:fs/promises';
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
 * @param sweep given when the tree runs as a user who may write to cgroupfs and so move out. Null: the kernel does not
 *   let it out.
 */
export function cgroupCell(controls: CgroupControls, cgroup: OwnCgroup, sweep: Sweep | null): Cell {
  const { directory, path } = cgroup;
  const inside = (): readonly ProcessRow[] => (stillExists(cgroup) ? livingIn(directory) : []);
  let proof: GoneProof | undefined;
  const isInside = (row: ProcessRow): boolean => {
    const current = controls.pathOf(readProc(`/proc/${row.pid}/cgroup`) ?? '');
    return current === path || current?.startsWith(`${path}/`) === true;
  };
  const strays = (): readonly ProcessRow[] => {
    if (sweep === null) return [];
    return sweep.find().filter((row) => !isInside(row));
  };

  const prove = async (): Promise<GoneProof | undefined> => {
    if (stillExists(cgroup) && controls.mayHoldProcesses(directory)) return undefined;
    const passes = sweep === null ? 0 : 2;
    for (let pass = 0; pass < passes; pass += 1)
      if ((await sweep?.findAnew())?.some((row) => !isInside(row))) return undefined;
    if (stillExists(cgroup) && !removeCgroups(directory)) return undefined;
    return { assurance: 'kernel', passes, provenAt: new Date().toISOString() };
  };

  return {
    means: controls.means,
    cgroup: directory,
    // Not synchronously: the kernel may wait for an RCU grace period, which on a busy machine is many milliseconds.
    admit: (leader) => writeFile(`${directory}/cgroup.procs`, String(leader.pid)),
    members: inside,
    strays,
    observe: (table) => sweep?.findIn(table()).length ?? inside().length,
    holds: (row) => isInside(row) || sweep?.holds(row) === true,

    async kill() {
      const killed = inside();
      if (stillExists(cgroup)) await controls.kill(directory);
      const escaped = strays().filter((row) => signalProcess(row, 'SIGKILL') === 'delivered');
      return [...killed, ...escaped];
    },

    prove: async () => (proof ??= await prove()),
    watch: (onChange) => controls.watch(directory, onChange),
    async freeze() {
      const still = stillExists(cgroup) && (await controls.freeze(directory));
      // Whoever has got out is out of the freezer's reach as well.
      for (const row of strays()) signalProcess(row, 'SIGSTOP');
      return still;
    },

    thaw() {
      if (stillExists(cgroup)) controls.thaw(directory);
      for (const row of strays()) signalProcess(row, 'SIGCONT');
    },

    cpuMs: () => controls.cpuMs(directory),
  };
}
