import { Rejection } from '../rejection.js';
import type { Job } from './job.js';
import type { JobCommand } from './job-command.js';
import type { JobEvent } from './job-event.js';

/** Each job has at most one next generation, so there is one newest, and no two that do the same work. */
export function retry(
  { retriedBy, at }: Extract<JobCommand, { type: 'RetryJob' }>,
  { jobId, status, ...job }: Job,
): readonly JobEvent[] {
  if (job.retriedBy === retriedBy) return [];
  if (job.retriedBy !== null) throw new Rejection('job-already-retried', { retriedBy: job.retriedBy });
  if (job.endedAt === null) throw new Rejection('job-not-over', { status });
  if (status === 'completed') throw new Rejection('job-completed', { jobId });
  return [{ type: 'JobRetried', jobId, retriedBy, at }];
}
