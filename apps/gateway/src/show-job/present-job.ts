import { type JobResource, type JobSummary, taskStatus } from '@necrocode/contracts';
import { deadlineOf, type Job } from '@necrocode/domain';
import { jobActions } from './actions.js';
import { type ExecutionStates, presentError, presentTask } from './present-task.js';

export function presentJob(job: Job, executions: ExecutionStates): JobResource {
  return {
    ...summariseJob(job),
    // Cast: submitted as JSON, kept as JSON; the domain does not look inside.
    metadata: job.spec.metadata as JobResource['metadata'],
    timeouts: job.spec.timeouts ?? { queueMs: null, runMs: null },
    cancelAfter: deadlineOf(job),
    overdue: job.overdue,
    neverStarted: job.neverStarted,
    tasks: job.tasks.map((task) => presentTask(job.jobId, task, executions)),
    cancellations: job.cancellations.map(({ cancellationId, scope }) => ({ cancellationId, scope })),
    actions: jobActions(job),
  };
}

export function summariseJob({ jobId, spec, status, tasks, ...job }: Job): JobSummary {
  return {
    jobId,
    name: spec.name,
    queue: spec.queue,
    priority: spec.priority,
    labels: { ...spec.labels },
    owner: spec.owner,
    batchId: spec.batchId ?? null,
    retryOf: job.retryOf?.jobId ?? null,
    generation: job.retryOf?.generation ?? 1,
    retriedBy: job.retriedBy,
    status,
    taskCounts: countTasks(tasks),
    runnerId: job.runnerId,
    cancellationId: job.cancellations.at(-1)?.cancellationId ?? null,
    error: job.error === null ? null : presentError(job.error),
    submittedAt: job.submittedAt,
    startedAt: job.startedAt,
    endedAt: job.endedAt,
  };
}

function countTasks(tasks: Job['tasks']): JobSummary['taskCounts'] {
  const counts = new Map(taskStatus.options.map((status) => [status, 0]));
  for (const { progress } of tasks) counts.set(progress.status, (counts.get(progress.status) ?? 0) + 1);
  // Cast: every status has its count; Object.fromEntries forgets the keys.
  return Object.fromEntries(counts) as JobSummary['taskCounts'];
}
