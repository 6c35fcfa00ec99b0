import type { Timestamp } from '../ids.js';
import { finalizersDueAt, giveUpFinalizers } from './finalizers.js';
import type { Job, JobLimit } from './job.js';
import type { JobCommand } from './job-command.js';
import type { JobEvent } from './job-event.js';

export interface DueLimit {
  readonly limit: JobLimit;
  readonly dueAt: Timestamp;
}

/** The limit a job will reach first as it stands now; null when it has none, is over, or has reached one already. */
export function nextLimit(job: Job): DueLimit | null {
  if (job.endedAt !== null || job.overdue !== null) return null;
  return limitsOf(job).reduce<DueLimit | null>(
    (first, limit) => (first !== null && first.dueAt <= limit.dueAt ? first : limit),
    null,
  );
}

/** When the job's limits are to be looked at: the next is due, one was reached, or a finalizer is to be given up. */
export function lookAt(job: Job): Timestamp | null {
  if (job.endedAt !== null) return null;
  return finalizersDueAt(job) ?? (job.overdue ?? nextLimit(job))?.dueAt ?? null;
}

/** When the job has to be ended whatever it is doing; null when nobody said. */
export function deadlineOf({ spec: { deadline }, submittedAt }: Pick<Job, 'spec' | 'submittedAt'>): Timestamp | null {
  if (deadline === undefined) return null;
  return 'at' in deadline ? new Date(deadline.at).toISOString() : later(submittedAt, deadline.afterMs);
}

function limitsOf(job: Job): readonly DueLimit[] {
  const { spec, submittedAt, startedAt } = job;
  const { queueMs = null, runMs = null } = spec.timeouts ?? {};
  const limits: DueLimit[] = [];
  const deadline = deadlineOf(job);
  if (deadline !== null) limits.push({ limit: 'deadline', dueAt: deadline });
  if (queueMs !== null && startedAt === null)
    limits.push({ limit: 'queue-timeout', dueAt: later(submittedAt, queueMs) });
  if (runMs !== null && startedAt !== null) limits.push({ limit: 'run-timeout', dueAt: later(startedAt, runMs) });
  return limits;
}

/**
 * The first event decides between a limit and what it races with: a job that starts a moment later was late. One that is
 * being cancelled as a whole keeps its limits: an undone cancellation must not have lifted them.
 */
export function enforceLimits(
  { cancellationId, at }: Extract<JobCommand, { type: 'EnforceLimits' }>,
  job: Job,
): readonly JobEvent[] {
  const givenUp = giveUpFinalizers(job, at);
  const due = nextLimit(job);
  if (due === null || due.dueAt > at || job.status === 'cancelling') return givenUp;
  return [...givenUp, { type: 'JobLimitReached', jobId: job.jobId, ...due, cancellationId, at }];
}

function later(at: Timestamp, ms: number): Timestamp {
  return new Date(Date.parse(at) + ms).toISOString();
}
