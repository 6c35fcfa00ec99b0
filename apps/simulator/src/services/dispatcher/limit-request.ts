import type { CancellationRequest, Job } from '@necrocode/domain';

/** The cancellation a job's limit asks for. */
export function limitRequest(
  { jobId }: Job,
  { limit, reachedAt, cancellationId }: NonNullable<Job['overdue']>,
): CancellationRequest {
  return {
    cancellationId,
    target: { kind: 'job', jobId },
    options: { force: false, gracePeriodMs: null, signal: null, artifacts: null },
    reason: { code: limit, text: 'too late' },
    requestedBy: 'service:dispatcher',
    fingerprint: `limit:${limit}`,
    requestedAt: reachedAt,
  };
}
