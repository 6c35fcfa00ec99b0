import { existsSync, watch, writeFileSync } from 'node:fs';
import { readProc } from '../proc/read-proc.js';
import { signalProcess } from '../signal/signal-process.js';
import { settleWithin } from '../wait/settle-within.js';
import type { CgroupControls } from './cgroup-controls.js';
import { livingIn } from './cgroup-directory.js';

const freezeTimeoutMs = 10_000;

const event = (directory: string, name: string): string | undefined =>
  new RegExp(`^${name} (\\d)`, 'm').exec(readProc(`${directory}/cgroup.events`) ?? '')?.[1];

const write = (directory: string, file: string, value: string): void => writeFileSync(`${directory}/${file}`, value);

export const cgroup2Controls: CgroupControls = {
  means: 'cgroup2',

  pathOf: (procCgroup) => /^0::(.*)$/m.exec(procCgroup)?.[1],

  mayHoldProcesses: (directory) => event(directory, 'populated') === '1',

  async kill(directory) {
    if (existsSync(`${directory}/cgroup.kill`)) {
      // One call, atomic against forks and migrations (linux 661ee628).
      write(directory, 'cgroup.kill', '1');
      return;
    }
    // Before Linux 5.14: held still, nobody can fork away; SIGKILL ends a frozen process of version 2.
    await this.freeze(directory);
    for (const row of livingIn(directory)) signalProcess(row, 'SIGKILL');
    this.thaw(directory);
  },

  async freeze(directory) {
    write(directory, 'cgroup.freeze', '1');
    return settleWithin(freezeTimeoutMs, () => event(directory, 'frozen') === '1');
  },

  thaw: (directory) => write(directory, 'cgroup.freeze', '0'),

  watch(directory, onChange) {
    try {
      // The kernel raises a file event whenever a line of cgroup.events changes.
      const watcher = watch(`${directory}/cgroup.events`, { persistent: false }, onChange);
      watcher.on('error', () => watcher.close());
      return () => watcher.close();
    } catch {
      return undefined; // No inotify watch to be had: then it is looked at again and again.
    }
  },

  cpuMs(directory) {
    const usec = /^usage_usec (\d+)/m.exec(readProc(`${directory}/cpu.stat`) ?? '')?.[1];
    return usec === undefined ? undefined : Number(usec) / 1_000;
  },
};
