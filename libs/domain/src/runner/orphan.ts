import type { ExecutionId, JobId } from '../ids.js';

/**
 * What is there and has lost its other half: `process`, alive on the host without an execution that its agent has in hand;
 * `containment`, a cgroup of the same sort with nobody in it; `execution`, in hand of the agent while the store says that it
 * is over or never was; `record`, running by the store while the agent knows nothing of it.
 */
export interface ExecutionOrphan {
  readonly kind: 'process' | 'containment' | 'execution' | 'record';
  readonly executionId: ExecutionId;
}

/** A directory on the host of a job whose cleanup is done, or that the store does not know. */
export interface WorkspaceOrphan {
  readonly kind: 'workspace';
  readonly jobId: JobId;
}

export type Orphan = ExecutionOrphan | WorkspaceOrphan;

/** The execution or job it is of. */
export const subjectOf = (orphan: Orphan): ExecutionId | JobId =>
  orphan.kind === 'workspace' ? orphan.jobId : orphan.executionId;

export const isSameOrphan = (a: Orphan, b: Orphan): boolean => a.kind === b.kind && subjectOf(a) === subjectOf(b);
