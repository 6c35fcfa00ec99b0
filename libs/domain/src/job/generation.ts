import type { ExecutionId, JobId, RunnerId } from '../ids.js';

/** Where a reused task really ran. */
export interface ReusedFrom {
  readonly jobId: JobId;
  readonly executionId: ExecutionId;
  /** What its function returned. Absent for a command. */
  readonly result?: unknown;
}

/** A kept artifact that is put back before the first task starts. */
export interface ArtifactToRestore {
  /** Key of the task it is of. */
  readonly key: string;
  /** Relative to the workspace. */
  readonly path: string;
  readonly location: string;
  readonly digest: string;
}

/**
 * Why a task that had completed runs again: what it left was not kept; what it left could not be put back last time; there
 * is too much to put back; or a task it depends on, or that depends on it, runs again.
 */
export const RUNS_AGAIN = ['artifacts-gone', 'restore-failed', 'too-many-artifacts', 'goes-with-another'] as const;
export type RunsAgain = (typeof RUNS_AGAIN)[number];

/** What a job takes over from the one it retries. */
export interface Generation {
  readonly jobId: JobId;
  /** From 2: the job submitted at first is generation 1. */
  readonly generation: number;
  /** The runner whose store has the artifacts; null when there is nothing to put back. */
  readonly runnerId: RunnerId | null;
  readonly restore: readonly ArtifactToRestore[];
  readonly runsAgain: readonly { readonly key: string; readonly because: RunsAgain }[];
}
