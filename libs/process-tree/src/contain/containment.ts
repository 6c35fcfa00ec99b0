/** A cgroup, in the file system and as /proc/PID/cgroup names it. */
export interface CgroupPlace {
  readonly directory: string;
  readonly path: string;
}

export const containmentMeans = ['cgroup2', 'cgroup1-freezer', 'process-group'] as const;

/** Means of containment, strongest first. */
export type ContainmentMeans = (typeof containmentMeans)[number];

/** A cgroup that exists. A later one of the same name has another id. */
export interface OwnCgroup extends CgroupPlace {
  /** The inode of its directory: the kernel's own id of the cgroup. */
  readonly id: string;
}

/** What was found out at start-up about this machine, for one caller's group of trees. */
export interface Containment {
  readonly means: ContainmentMeans;
  /** What a proof by this means says: see GoneProof. */
  readonly assurance: 'kernel' | 'swept';
  /** Keeps the trees of two agents on one machine apart. */
  readonly group: string;
  /** The cgroup that holds the group's trees; null for process groups. */
  readonly root: CgroupPlace | null;
  /** Each stronger means and why it is not used. */
  readonly refused: readonly { readonly means: ContainmentMeans; readonly reason: string }[];
  /** What helps the means: named so that a report can say what it rested on. */
  readonly aids: {
    /** Signals go through handles that cannot come to mean another process. */
    readonly pidfd: boolean;
    /** Orphans of trees come home to this process. */
    readonly subreaper: boolean;
  };
}

// Also a directory name in cgroupfs: no separators, and nothing the kernel or systemd might read as its own.
const plainName = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,127}$/;

export const isPlainName = (name: string): boolean => plainName.test(name);
