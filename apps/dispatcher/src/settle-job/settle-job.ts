import { type DispatchedJob, type ExecutionId, type JobFacts, type JobId, knownJob } from '@necrocode/domain';
import type { EventStore } from '@necrocode/event-store';
import type { DescribeJob } from '../describe-job/describe-job.js';
import type { RecordEnding } from '../record-ending/record-ending.js';
import { storedEnds } from '../record-ending/stored-ends.js';
import type { Jobs } from '../streams/jobs.js';

/**
 * Takes in the ends of a job's executions that are stored, whether or not their events have come round yet, and answers how
 * the job stands then. The reaction is the same as to the event, under the same ids: whichever is second changes nothing.
 */
export class SettleJob {
  constructor(
    private readonly store: EventStore,
    private readonly jobs: Jobs,
    private readonly recordEnding: RecordEnding,
    private readonly describeJob: DescribeJob,
  ) {}

  /** @throws {Rejection} `job-not-found` */
  async handle(jobId: JobId): Promise<JobFacts> {
    const before = await this.jobs.load(jobId);
    const ends = await storedEnds(this.store, openExecutions(before));
    if (ends.length === 0) return this.describeJob.describe(before);
    await this.recordEnding.handle(jobId, ends);
    return this.describeJob.handle(jobId);
  }
}

function openExecutions(dispatched: DispatchedJob): readonly ExecutionId[] {
  return knownJob(dispatched).tasks.flatMap(({ progress }) =>
    'assignment' in progress ? [progress.assignment.executionId] : [],
  );
}
