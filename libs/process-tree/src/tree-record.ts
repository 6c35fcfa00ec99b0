import type { ContainmentMeans, OwnCgroup } from './contain/containment.js';
import type { Marker } from './proc/marker.js';

/**
 * What must be kept on disk so that whoever comes after a crash can find the tree and end it. Plain JSON. Written
 * before the tree is released, it covers every process that ever ran.
 */
export interface TreeRecord {
  readonly version: 1;
  readonly name: string;
  readonly marker: Marker;
  readonly bootId: string;
  /** The process the tree began with, leader of its session and group. */
  readonly pid: number;
  /** Clock ticks after boot. */
  readonly startTime: number;
  readonly means: ContainmentMeans;
  /** The tree's cgroup; null for a process group. */
  readonly cgroup: OwnCgroup | null;
  /** Whether the tree may leave its cgroup, being as mighty as its agent. */
  readonly mayEscape: boolean;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
}
