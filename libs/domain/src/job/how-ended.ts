import type { CancellationId, JobId } from '../ids.js';
import type { JobState } from './job.js';

export interface EndedJob {
  readonly jobId: JobId;
  readonly how: 'already-completed' | 'already-failed' | 'already-cancelled';
  readonly cancellationId: CancellationId | null;
}

/** Pure: how a job ended, and by whom; null for one that has not. */
export function howEnded(job: JobState): EndedJob | null {
  switch (job.status) {
    case 'completed':
    case 'failed':
      return { jobId: job.jobId, how: `already-${job.status}`, cancellationId: null };
    case 'cancelled':
      return {
        jobId: job.jobId,
        how: 'already-cancelled',
        cancellationId: job.cancellations.at(-1)?.cancellationId ?? null,
      };
    case 'unknown':
    case 'queued':
    case 'running':
    case 'retrying':
    case 'cancelling':
      return null;
    default:
      return job satisfies never;
  }
}
