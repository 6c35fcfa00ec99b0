import { type DispatchedJob, type JobFacts, jobFacts, type JobId, knownJob } from '@necrocode/domain';
import type { Jobs } from '../streams/jobs.js';
import type { HeldSlots } from './held-slots.js';

/** Answers how a job stands, from its stream: never behind what was appended. */
export class DescribeJob {
  constructor(
    private readonly jobs: Jobs,
    private readonly heldSlots: HeldSlots,
  ) {}

  /** @throws {Rejection} `job-not-found` */
  async handle(jobId: JobId): Promise<JobFacts> {
    return this.describe(await this.jobs.load(jobId));
  }

  /** Slots are looked up after the job was read: a lease is stored with its assignment, so none of the job read is missed. */
  async describe(dispatched: DispatchedJob): Promise<JobFacts> {
    const { jobId, tasks } = knownJob(dispatched);
    const mayHold = tasks.some(({ spec, executionIds }) => spec.slotPool !== null && executionIds.length > 0);
    return jobFacts(dispatched, mayHold ? await this.heldSlots.ofJob(jobId) : []);
  }
}
