import { writeFileSync } from 'node:fs';
import { readProc } from '../proc/read-proc.js';
import { signalProcess } from '../signal/signal-process.js';
import { settleWithin } from '../wait/settle-within.js';
import type { CgroupControls } from './cgroup-controls.js';
import { livingIn } from './cgroup-directory.js';

const freezeTimeoutMs = 10_000;
const killFreezeTimeoutMs = 100;
const looksPerThaw = 10;

const setState = (directory: string, state: 'FROZEN' | 'THAWED'): void =>
  writeFileSync(`${directory}/freezer.state`, state);

const isFrozen = (directory: string): boolean => readProc(`${directory}/freezer.state`)?.trim() === 'FROZEN';

/**
 * Asks again at every look, and lets go now and then: a version 1 freezer does not reliably settle while processes
 * appear in it, and may stay FREEZING for good until it is asked anew (as runc's freezer found; version 2 is sound).
 */
function settleFrozen(directory: string, timeoutMs: number): Promise<boolean> {
  let looks = 0;
  return settleWithin(timeoutMs, () => {
    looks += 1;
    if (looks % looksPerThaw === 0) setState(directory, 'THAWED');
    setState(directory, 'FROZEN');
    return isFrozen(directory);
  });
}

export const cgroup1FreezerControls: CgroupControls = {
  means: 'cgroup1-freezer',

  pathOf: (procCgroup) => /^\d+:(?:[^:\n]*,)?freezer(?:,[^:\n]*)?:(.*)$/m.exec(procCgroup)?.[1],

  mayHoldProcesses: (directory) => livingIn(directory).length > 0,

  async kill(directory) {
    // A process in an uninterruptible sleep never freezes: kill what there is all the same, and come again.
    await settleFrozen(directory, killFreezeTimeoutMs);
    for (const row of livingIn(directory)) signalProcess(row, 'SIGKILL');
    setState(directory, 'THAWED'); // Only now do they see it.
  },

  freeze: (directory) => settleFrozen(directory, freezeTimeoutMs),

  thaw: (directory) => setState(directory, 'THAWED'),

  watch: () => undefined,

  cpuMs: () => undefined,
};
