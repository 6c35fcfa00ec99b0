import type { JobEvent } from '@necrocode/domain';
import type { Metrics } from '../define/metrics.js';

/** Counts jobs by the events of their streams. */
export function countJobs(metrics: Metrics) {
  const submitted = metrics.counter({
    name: 'necrocode_jobs_submitted_total',
    help: 'Jobs submitted, later generations of a job included',
  });
  const ended = metrics.counter({
    name: 'necrocode_jobs_ended_total',
    help: 'Jobs that are over, by how',
    labels: { outcome: ['completed', 'failed', 'cancelled'] },
  });
  const limits = metrics.counter({
    name: 'necrocode_job_limits_reached_total',
    help: 'Jobs cancelled because they reached a deadline or a time-out of their own',
    labels: { limit: ['deadline', 'queue-timeout', 'run-timeout'] },
  });
  const retries = metrics.counter({
    name: 'necrocode_task_retries_total',
    help: 'Times a task was scheduled for another attempt',
  });
  return (event: JobEvent): void => {
    switch (event.type) {
      case 'JobSubmitted':
        submitted({});
        break;
      case 'JobCompleted':
        ended({ outcome: 'completed' });
        break;
      case 'JobFailed':
        ended({ outcome: 'failed' });
        break;
      case 'JobCancelled':
        ended({ outcome: 'cancelled' });
        break;
      case 'JobLimitReached':
        limits({ limit: event.limit });
        break;
      case 'TaskRetryScheduled':
        retries({});
        break;
      default: // Tells of the way.
    }
  };
}
