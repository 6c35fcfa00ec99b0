import type { ContainmentMeans } from './containment.js';

/** What the two versions of cgroups do differently. `directory` is one tree's own cgroup. */
export interface CgroupControls {
  readonly means: ContainmentMeans;
  /** The path of the hierarchy in the text of a /proc/PID/cgroup. */
  pathOf(procCgroup: string): string | undefined;
  mayHoldProcesses(directory: string): boolean;
  kill(directory: string): Promise<void>;
  freeze(directory: string): Promise<boolean>;
  thaw(directory: string): void;
  watch(directory: string, onChange: () => void): (() => void) | undefined;
  cpuMs(directory: string): number | undefined;
}
