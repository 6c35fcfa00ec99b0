import type { CancellationId, TaskId } from '../ids.js';
import { cascadeFrom } from './cascade.js';
import { workOf } from './finalizers.js';
import { isTerminal } from './is-terminal.js';
import type { Cascade, Job, Task } from './job.js';
import { taskOf } from './task-of.js';

interface CancellationScope {
  /** `null` for the whole job. */
  readonly taskId: TaskId | null;
  readonly cascade: Cascade;
}

/**
 * In the job's order; a job-wide cancellation names all its work: finalizers run when that is gone. One of a task
 * that has ended otherwise came too late: what depends on that task goes on as if nobody had asked. Of a task that was
 * cancelled it did not: the earlier request may have spared what this one asks for.
 */
export function targetsOf({ taskId, cascade }: CancellationScope, job: Job): readonly Task[] {
  if (taskId === null) return workOf(job);
  const root = taskOf(job, taskId);
  if (isTerminal(root) && root.progress.status !== 'cancelled') return [];
  return cascadeFrom(root, cascade, job);
}

/** The signal of this very cancellation overtook its block. */
export function endedBy({ progress }: Task, cancellationId: CancellationId): boolean {
  return progress.status === 'cancelled' && progress.cancellationId === cancellationId;
}
