import type { ProcessRow } from '../proc/process-row.js';
import type { ProcessTable } from '../proc/process-table.js';
import type { ContainmentMeans } from './containment.js';

/** Evidence that nobody of a tree is left, and how strong it is. */
export interface GoneProof {
  /** `kernel`: the kernel says the container is empty. `swept`: two looks in a row through /proc found nobody. */
  readonly assurance: 'kernel' | 'swept';
  /** Looks for processes that might have got out, in a row, that found nobody; 0: the kernel lets nobody out. */
  readonly passes: number;
  /** RFC 3339, UTC. */
  readonly provenAt: string;
}

/** What holds one tree. Each means of containment is one adapter of this. */
export interface Cell {
  readonly means: ContainmentMeans;
  /** The directory in cgroupfs, if the means has one. */
  readonly cgroup: string | null;
  /** Takes the held leader in, before it runs anything. Rejects when the kernel refuses. */
  admit(leader: ProcessRow): Promise<void>;
  /** The living processes inside, now. */
  members(): readonly ProcessRow[];
  /** Living processes of the tree that have got out. */
  strays(): readonly ProcessRow[];
  /** How many are alive; looks, on the way, whom to remember. */
  observe(table: () => ProcessTable): number;
  /** Whether a process, just read, belongs to the tree: asked again right before it is signalled. */
  holds(row: ProcessRow): boolean;
  /** SIGKILL to everybody, the strongest way there is; answers who was hit. */
  kill(): Promise<readonly ProcessRow[]>;
  /** undefined: somebody is left. */
  prove(): Promise<GoneProof | undefined>;
  /** Calls back when the cell may have become empty. Answers how to stop watching; undefined: this means cannot tell. */
  watch(onChange: () => void): (() => void) | undefined;
  /** Stops every process where it stands; false: not all of them could be stopped. */
  freeze(): Promise<boolean>;
  thaw(): void;
  /** CPU time used so far in ms, also by those already dead; undefined: this means does not count it. */
  cpuMs(): number | undefined;
}
