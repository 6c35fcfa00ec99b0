import type {
  ArtifactOrder,
  ArtifactPolicy,
  CancellationId,
  CleanupOrder,
  ExecutionIdentity,
  Job,
  Task,
  TaskId,
} from '@necrocode/domain';

/** What each cancellation asked for; null where it left it to the task. */
export type RequestedPolicies = ReadonlyMap<CancellationId, ArtifactPolicy | null>;

/** The cleanup of a job that has ended. Pure. */
export function orderForJob(job: Job, requested: RequestedPolicies): CleanupOrder {
  return { kind: 'job', jobId: job.jobId, runnerId: job.runnerId, artifacts: artifactOrders(job.tasks, requested) };
}

/** The cleanup of some tasks of a job that goes on. Pure. */
export function orderForTasks(
  job: Job,
  cancellationId: CancellationId,
  taskIds: readonly TaskId[],
  requested: RequestedPolicies,
): CleanupOrder {
  const wanted = new Set(taskIds);
  const tasks = job.tasks.filter(({ spec }) => wanted.has(spec.taskId));
  return {
    kind: 'tasks',
    cancellationId,
    jobId: job.jobId,
    runnerId: job.runnerId,
    artifacts: artifactOrders(tasks, requested),
  };
}

/** The clean check of a slot whose holder has ended; null when it held none. Pure. */
export function orderForSlot({ executionId, jobId, runnerId, slot }: ExecutionIdentity): CleanupOrder | null {
  if (slot === null) return null;
  const { pool, slotId, kind } = slot;
  return { kind: 'slot', jobId, executionId, runnerId, pool, slotId, slotKind: kind };
}

/** Only tasks that ran and name artifacts have any to handle. */
function artifactOrders(tasks: readonly Task[], requested: RequestedPolicies): readonly ArtifactOrder[] {
  return tasks
    .filter(({ spec, executionIds }) => spec.artifacts.length > 0 && executionIds.length > 0)
    .map((task) => ({
      taskId: task.spec.taskId,
      key: task.spec.key,
      globs: task.spec.artifacts,
      policy: policyFor(task, requested),
    }));
}

/** What a task made by ending itself is kept; of a cancelled one, the request decides, else the task. */
function policyFor({ progress, spec }: Task, requested: RequestedPolicies): ArtifactPolicy {
  if (progress.status !== 'cancelled') return 'keep';
  return requested.get(progress.cancellationId) ?? spec.onCancelArtifacts;
}
