import type { ExecutionIdentity } from '../execution/execution.js';
import type { CancellationId, ExecutionId, TaskId } from '../ids.js';
import type { Job, Task } from '../job/job.js';
import type { ArtifactPolicy } from '../job/task-spec.js';
import type { ArtifactOrder, CleanupOrder } from './cleanup.js';

/** What each cancellation asked for as to artifacts; null: as the tasks say. */
export type ArtifactWishes = ReadonlyMap<CancellationId, ArtifactPolicy | null>;

type WorkspaceOrder = Exclude<CleanupOrder, { kind: 'slot' }>;

/** A whole job that is over: every artifact by policy, then the workspace goes. */
export function orderJobCleanup(
  { jobId, runnerId, leftRunnerIds, tasks }: Job,
  wishes: ArtifactWishes,
): WorkspaceOrder {
  const left = leftRunnerIds.filter((each) => each !== runnerId);
  const elsewhere = left.length === 0 ? {} : { leftRunnerIds: left };
  return { kind: 'job', jobId, runnerId, ...elsewhere, artifacts: artifactsOf(tasks, wishes) };
}

/** Some tasks of a job that goes on. */
export function orderTaskCleanup(
  { jobId, runnerId, tasks }: Job,
  cancellationId: CancellationId,
  taskIds: readonly TaskId[],
  wishes: ArtifactWishes,
): WorkspaceOrder {
  const targets = tasks.filter(({ spec }) => taskIds.includes(spec.taskId));
  return { kind: 'tasks', cancellationId, jobId, runnerId, artifacts: artifactsOf(targets, wishes) };
}

/** The slot an execution held; null when it held none. */
export function orderSlotCleanup({ jobId, executionId, runnerId, slot }: ExecutionIdentity): CleanupOrder | null {
  if (!slot) return null;
  return { kind: 'slot', jobId, executionId, runnerId, pool: slot.pool, slotId: slot.slotId, slotKind: slot.kind };
}

/** Executions whose processes might still write to what is to be cleaned. */
export function executionsUnder(order: WorkspaceOrder, { tasks }: Pick<Job, 'tasks'>): readonly ExecutionId[] {
  const targets = new Set(order.artifacts.map(({ taskId }) => taskId));
  return tasks
    .filter(({ spec }) => order.kind === 'job' || targets.has(spec.taskId))
    .flatMap((task) => task.executionIds);
}

/**
 * A task that never ran has no artifacts: tasks share the workspace, and its patterns would take what others made.
 * One under cancellation counts as cancelled: it was asked to be.
 */
function artifactsOf(tasks: readonly Task[], wishes: ArtifactWishes): readonly ArtifactOrder[] {
  return tasks
    .filter(({ spec, executionIds }) => spec.artifacts.length > 0 && executionIds.length > 0)
    .flatMap((task): ArtifactOrder[] => {
      const { taskId, key, artifacts: globs } = task.spec;
      const policy = policyFor(task, wishes);
      return policy === null ? [] : [{ taskId, key, globs, policy }];
    });
}

/** Null: it never ran. */
function policyFor({ spec, progress }: Task, wishes: ArtifactWishes): ArtifactPolicy | null {
  switch (progress.status) {
    case 'cancelled':
      if (progress.neverStarted) return null;
      return wishes.get(progress.cancellationId) ?? spec.onCancelArtifacts;
    case 'cancelling':
      return wishes.get(progress.cancellationId) ?? spec.onCancelArtifacts;
    case 'skipped':
      return null;
    case 'blocked':
    case 'queued':
    case 'pending':
    case 'running':
    case 'retrying':
    case 'completed':
    case 'failed':
      return 'keep';
    default:
      return progress satisfies never;
  }
}
