import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmdirSync } from 'node:fs';
import { nextLookMs } from '../wait/settle-within.js';
import { setTimeout as delay } from 'node:timers/promises';
import { readProcess } from '../proc/process-table.js';
import { cgroupCell } from './cgroup-cell.js';
import { ownCgroup } from './cgroup-directory.js';
import type { CgroupPlace } from './containment.js';
import type { CgroupControls } from './cgroup-controls.js';
import { placeIn } from './find-cgroups.js';

const looks = 12; // about 1.5 s

/**
 * Tries the means for real, with a process that only waits: taken in, killed, proven gone. Mount options, file modes
 * and kernel versions each tell only a part of it. Answers why it does not work; undefined: it does.
 */
export async function probeCgroup(controls: CgroupControls, root: CgroupPlace): Promise<string | undefined> {
  const place = placeIn(root, `probe-${process.pid}-${Date.now()}`);
  let made = false;
  const child = spawn('/bin/sh', ['-c', 'read -r line'], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const exited = once(child, 'exit').catch((error: unknown) => error);
  try {
    mkdirSync(place.directory);
    made = true;
    const row = child.pid === undefined ? undefined : readProcess(child.pid);
    if (row === undefined) return 'no process could be started to try it with';
    const cell = cgroupCell(controls, ownCgroup(place), null);
    await cell.admit(row);
    if (!cell.members().some(({ pid }) => pid === row.pid)) return 'a process written into it is not in it';
    await cell.kill();
    for (let look = 0; look < looks; look += 1) {
      if ((await cell.prove()) !== undefined) return undefined;
      await delay(nextLookMs(look, 250));
    }
    return 'a killed process did not leave it';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    child.kill('SIGKILL');
    await exited;
    if (made) removeQuietly(place.directory);
  }
}

function removeQuietly(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Proven gone means it is removed already; otherwise whoever sweeps the group finds it.
  }
}
