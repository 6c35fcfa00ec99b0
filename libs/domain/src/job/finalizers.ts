import type { CancellationId, Timestamp } from '../ids.js';
import { isTerminal } from './is-terminal.js';
import type { Job, Task } from './job.js';
import type { JobEvent } from './job-event.js';

/** Runs at the end of its job, whatever became of the rest. */
export function isFinalizer({ spec }: Pick<Task, 'spec'>): boolean {
  return spec.always !== undefined;
}

/** The tasks a job is about: its outcome is theirs alone. */
export function workOf({ tasks }: Pick<Job, 'tasks'>): readonly Task[] {
  return tasks.filter((task) => !isFinalizer(task));
}

export function isWorkOver(job: Pick<Job, 'tasks'>): boolean {
  return workOf(job).every(isTerminal);
}

/** Once nothing else is left to run, the finalizers do; of a job nothing was ever assigned of, only those that ask for it. */
export function releaseFinalizers(job: Job, at: Timestamp): readonly JobEvent[] {
  if (!isWorkOver(job)) return [];
  return job.tasks
    .filter((task) => isFinalizer(task) && task.progress.status === 'blocked')
    .map(({ spec: { taskId, always } }): JobEvent => {
      const cancellationId = job.runnerId === null && always === 'if-begun' ? cancellationOf(job) : null;
      if (cancellationId === null) return { type: 'TaskQueued', taskId, at };
      return { type: 'TaskCancelled', taskId, cancellationId, neverStarted: true, at };
    });
}

/** Work that ends before any of it was assigned was cancelled. */
function cancellationOf(job: Job): CancellationId | null {
  const ends = workOf(job).map(({ progress }) => (progress.status === 'cancelled' ? progress.cancellationId : null));
  const wide = job.cancellations.find(({ scope }) => scope === 'job')?.cancellationId;
  return wide ?? ends.find((id) => id !== null) ?? null;
}

/** When a finalizer that no runner has taken is given up: it may wait as long as it may run, or it could hold up the job's end for ever. */
export function finalizersDueAt(job: Job): Timestamp | null {
  const dues = job.tasks.flatMap((task) => givenUpAt(task, job) ?? []).sort();
  return dues[0] ?? null;
}

export function giveUpFinalizers(job: Job, at: Timestamp): readonly JobEvent[] {
  return job.tasks.flatMap((task): JobEvent[] => {
    const dueAt = givenUpAt(task, job);
    return dueAt !== null && dueAt <= at ? [{ type: 'FinalizerGivenUp', taskId: task.spec.taskId, at }] : [];
  });
}

function givenUpAt(task: Task, { finalizingSince, endedAt }: Job): Timestamp | null {
  const waits = isFinalizer(task) && task.progress.status === 'queued' && endedAt === null;
  if (!waits || finalizingSince === null || task.spec.timeoutMs === null) return null;
  return new Date(Date.parse(finalizingSince) + task.spec.timeoutMs).toISOString();
}
