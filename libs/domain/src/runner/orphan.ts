import type { ExecutionId } from '../ids.js';

/**
 * What is there and has lost its other half: `process`, alive on the host without an execution that its agent has in hand;
 * `containment`, a cgroup of the same sort with nobody in it; `execution`, in hand of the agent while the store says that it
 * is over or never was; `record`, running by the store while the agent knows nothing of it.
 */
export interface Orphan {
  readonly kind: 'process' | 'containment' | 'execution' | 'record';
  readonly executionId: ExecutionId;
}

export const isSameOrphan = (a: Orphan, b: Orphan): boolean => a.kind === b.kind && a.executionId === b.executionId;
