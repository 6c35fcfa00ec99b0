import type { CancellationRequest, Job, JobLimit } from '@necrocode/domain';
import { ACTOR } from '../streams/cause.js';

/** The cancellation a job's limit asks for: the same however often it is drawn up. Pure. */
export function limitCancellation(
  job: Job,
  { limit, dueAt, reachedAt, cancellationId }: NonNullable<Job['overdue']>,
): CancellationRequest {
  return {
    cancellationId,
    target: { kind: 'job', jobId: job.jobId },
    options: { force: false, gracePeriodMs: null, signal: null, artifacts: null },
    reason: { code: limit, text: reasonOf(limit, dueAt, job) },
    requestedBy: ACTOR,
    fingerprint: `limit:${limit}`,
    requestedAt: reachedAt,
  };
}

function reasonOf(limit: JobLimit, dueAt: string, { spec: { timeouts } }: Job): string {
  switch (limit) {
    case 'deadline':
      return `not over by ${dueAt}`;
    case 'queue-timeout':
      return `not started within ${timeouts?.queueMs ?? 0} ms`;
    case 'run-timeout':
      return `ran longer than ${timeouts?.runMs ?? 0} ms`;
    default:
      return limit satisfies never;
  }
}
