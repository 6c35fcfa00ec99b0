import type { CancellationId, TaskId } from '../ids.js';
import { cascadeFrom } from './cascade.js';
import { isTerminal } from './conclude.js';
import type { Cascade, Job, Task } from './job.js';
import { taskOf } from './task-of.js';

interface CancellationScope {
  readonly cancellationId: CancellationId;
  /** `null` for the whole job. */
  readonly taskId: TaskId | null;
  readonly cascade: Cascade;
}

/**
 * In the job's order; a job-wide cancellation names every task. One of a task that has ended otherwise came too late: what
 * depends on that task goes on as if nobody had asked.
 */
export function targetsOf({ cancellationId, taskId, cascade }: CancellationScope, job: Job): readonly Task[] {
  if (taskId === null) return job.tasks;
  const root = taskOf(job, taskId);
  if (isTerminal(root) && !endedBy(root, cancellationId)) return [];
  return cascadeFrom(root, cascade, job);
}

/** The signal of this very cancellation overtook its block. */
export function endedBy({ progress }: Task, cancellationId: CancellationId): boolean {
  return progress.status === 'cancelled' && progress.cancellationId === cancellationId;
}
