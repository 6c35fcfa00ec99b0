import { writeFileSync } from 'node:fs';
import { readProc } from '../proc/read-proc.js';
import { signalProcess } from '../signal/signal-process.js';
import { settleWithin } from '../wait/settle-within.js';
import type { CgroupControls } from './cgroup-controls.js';
import { livingIn } from './cgroup-directory.js';

const freezeTimeoutMs = 1_000;
const killFreezeTimeoutMs = 100;

const setState = (directory: string, state: 'FROZEN' | 'THAWED'): void =>
  writeFileSync(`${directory}/freezer.state`, state);

const isFrozen = (directory: string): boolean => readProc(`${directory}/freezer.state`)?.trim() === 'FROZEN';

export const cgroup1FreezerControls: CgroupControls = {
  means: 'cgroup1-freezer',

  pathOf: (procCgroup) => /^\d+:(?:[^:\n]*,)?freezer(?:,[^:\n]*)?:(.*)$/m.exec(procCgroup)?.[1],

  mayHoldProcesses: (directory) => livingIn(directory).length > 0,

  async kill(directory) {
    setState(directory, 'FROZEN');
    // A process in an uninterruptible sleep never freezes: kill what there is all the same, and come again.
    await settleWithin(killFreezeTimeoutMs, () => isFrozen(directory));
    for (const row of livingIn(directory)) signalProcess(row, 'SIGKILL');
    setState(directory, 'THAWED'); // Only now do they see it.
  },

  async freeze(directory) {
    setState(directory, 'FROZEN');
    return settleWithin(freezeTimeoutMs, () => isFrozen(directory));
  },

  thaw: (directory) => setState(directory, 'THAWED'),

  watch: () => undefined,

  cpuMs: () => undefined,
};
