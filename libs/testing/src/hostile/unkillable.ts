import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostileToken } from './hostile-command.js';

/** Processes that outlive SIGKILL until they are let go, as those do that sleep in the kernel. */
export interface Unkillable {
  hold(pids: readonly number[]): void;
  letGo(): void;
  end(): void;
}

/**
 * By a freezer of cgroup version 1, which no signal gets through. None: this machine has none that we may write to; that of
 * version 2 lets SIGKILL through.
 */
export function openUnkillable(): readonly Unkillable[] {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const fields = mounts.map((line) => line.split(' '));
  const root = fields.find(
    ([, , type, options = '']) => type === 'cgroup' && options.split(',').includes('freezer'),
  )?.[1];
  if (root === undefined) return [];
  const directory = join(root, `necrocode-spec-${hostileToken()}`);
  try {
    mkdirSync(directory);
  } catch {
    return [];
  }
  const state = (value: 'FROZEN' | 'THAWED'): void => writeFileSync(join(directory, 'freezer.state'), value);
  const unkillable: Unkillable = {
    hold(pids) {
      for (const pid of pids) writeFileSync(join(directory, 'cgroup.procs'), String(pid));
      state('FROZEN');
    },
    letGo: () => state('THAWED'),
    end: () => rmdirSync(directory),
  };
  return [unkillable];
}
