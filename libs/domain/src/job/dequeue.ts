import type { CancellationId, JobId, Timestamp } from '../ids.js';
import type { Job } from './job.js';
import type { JobCommand } from './job-command.js';
import type { JobEvent } from './job-event.js';

/** Nothing of the job was ever assigned, and it has not ended: one event can end all of it. */
export function isWaiting({
  runnerId,
  retryOf,
  endedAt,
  tasks,
}: Pick<Job, 'runnerId' | 'retryOf' | 'endedAt' | 'tasks'>): boolean {
  // One that takes over what is on a runner has its place there already.
  if (retryOf !== null && retryOf.runnerId !== null) return false;
  // A finalizer that runs even of a queued job is more than an event.
  return runnerId === null && endedAt === null && tasks.every(({ spec }) => spec.always !== 'even-if-queued');
}

/** Nothing for a job that has left the queue: it is cancelled task by task, or had ended. */
export function dequeue({ cancellationId, at }: Extract<JobCommand, { type: 'DequeueJob' }>, job: Job): JobEvent[] {
  return isWaiting(job) ? [dequeuedJob(job.jobId, cancellationId, at)] : [];
}

/** The one event that ends a waiting job: needs no more of it than its id, so thousands are made without reading a stream. */
export function dequeuedJob(jobId: JobId, cancellationId: CancellationId, at: Timestamp): JobEvent {
  return { type: 'JobCancelled', jobId, cancellationId, neverStarted: true, dequeued: true, at };
}
