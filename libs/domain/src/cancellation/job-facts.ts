import { type DispatchedJob, knownJob } from '../job/dispatched-job.js';
import { isFinalizer } from '../job/finalizers.js';
import type { Assignment, Job, Task } from '../job/job.js';
import type { HeldSlot, JobFacts, TargetExecution, TaskFacts } from './cancellation.js';

/** A job as a cancellation sees it. Pure. @throws {Rejection} `job-not-found` */
export function jobFacts(dispatched: DispatchedJob, heldSlots: readonly HeldSlot[]): JobFacts {
  const job = knownJob(dispatched);
  const executionsOf = (task: Task): readonly TargetExecution[] => {
    const live = 'assignment' in task.progress ? task.progress.assignment : null;
    const ended = dispatched.endedIn.get(task.spec.taskId);
    // An attempt given up for lost may still be alive somewhere, so it has not ended as long as nobody has proven it.
    const all = [...task.unheard, live, ended].filter((assignment) => assignment !== null && assignment !== undefined);
    const once = new Map(all.map((assignment) => [assignment.executionId, assignment]));
    return [...once.values()].map((assignment) => targetExecution(job, task, assignment));
  };
  const executions = job.tasks.flatMap(executionsOf);
  const named = new Set(executions.map(({ execution }) => execution.executionId));
  const earlier = job.tasks.flatMap((task) =>
    dispatched.earlier
      .filter(({ taskId, assignment }) => taskId === task.spec.taskId && !named.has(assignment.executionId))
      .map(({ assignment }) => targetExecution(job, task, assignment)),
  );
  return {
    jobId: job.jobId,
    status: job.status,
    tasks: job.tasks.map(taskFacts),
    executions,
    earlier,
    heldSlots,
    runnerId: job.runnerId,
  };
}

function taskFacts(task: Task): TaskFacts {
  const { spec, progress, attempts } = task;
  const { taskId, key, timeoutMs, gracePeriodMs } = spec;
  const { status } = progress;
  // It may wait for a runner as long as it may run.
  const budgetMs = 2 * (timeoutMs ?? 0) + gracePeriodMs;
  const fact = { taskId, key, status, ...(isFinalizer(task) ? { finalizer: { budgetMs } } : {}) };
  switch (status) {
    case 'blocked':
    case 'queued':
    case 'skipped':
      return { ...fact, neverStarted: attempts === 0, cancellationId: null };
    case 'pending':
      return { ...fact, neverStarted: attempts === 1, cancellationId: null };
    case 'cancelling':
      return { ...fact, neverStarted: !progress.started && attempts === 1, cancellationId: progress.cancellationId };
    case 'cancelled':
      return { ...fact, neverStarted: progress.neverStarted, cancellationId: progress.cancellationId };
    case 'running':
    case 'retrying':
    case 'completed':
    case 'failed':
      return { ...fact, neverStarted: false, cancellationId: null };
    default:
      return progress satisfies never;
  }
}

function targetExecution(
  { jobId }: Job,
  { spec: { taskId, key, gracePeriodMs, signal, signalTo } }: Task,
  assignment: Assignment,
): TargetExecution {
  return { execution: { ...assignment, jobId, taskId }, taskKey: key, gracePeriodMs, signal, signalTo };
}
