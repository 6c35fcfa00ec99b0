import { type CommandMeta, streamIdOf } from '@necrocode/contracts';
import { type BatchId, dispatchedJobDecider, jobDecider, type JobEvent, knownJob, Rejection } from '@necrocode/domain';
import { EventIdTaken, type EventStore, WrongExpectedVersion } from '@necrocode/event-store';
import type { Logger } from '@necrocode/service-kit';
import { inLockOrder, toNewEvents } from '../streams/append-together.js';
import { causedByCommand } from '../streams/cause.js';
import { foldJob } from '../streams/jobs.js';
import { fingerprint, type Submission } from '../submit-job/submit-job.js';
import { jobRowChanges, mergeChanges } from '../tables/job-row-changes.js';
import { jobRowStatements } from '../tables/job-row-statements.js';

export interface Batch {
  readonly batchId: BatchId;
  readonly jobs: readonly Submission[];
}

/** Stores many jobs in one append, all or none; as with a single one, nothing is read before it. */
export class SubmitBatch {
  constructor(
    private readonly store: EventStore,
    private readonly wakeAssignment: () => void,
    private readonly logger: Logger,
  ) {}

  /** @throws {Rejection} `idempotency-conflict` when the ids stand for other jobs already */
  async handle({ batchId, jobs }: Batch, meta: CommandMeta): Promise<{ batchId: BatchId; repeated: boolean }> {
    const at = new Date().toISOString();
    const decided = jobs.map((job) => ({
      jobId: job.jobId,
      events: jobDecider.decide({ type: 'SubmitJob', ...job, at }, jobDecider.initial),
    }));
    const repeated = await this.#append(decided, meta);
    if (repeated) await this.#compare(jobs);
    else this.logger.info({ batchId, jobs: jobs.length }, 'batch submitted');
    this.wakeAssignment();
    return { batchId, repeated };
  }

  /** @returns whether jobs were there already */
  async #append(decided: readonly DecidedJob[], meta: CommandMeta): Promise<boolean> {
    const streams = decided.map(({ jobId, events }) => {
      const streamId = streamIdOf('job', jobId);
      return { streamId, expectedVersion: 0, events: toNewEvents(events, streamId, causedByCommand(meta, jobId)) };
    });
    try {
      const companions = jobRowStatements(mergeChanges(decided.flatMap(rowChanges)));
      return (await this.store.append(inLockOrder(streams), companions)).repeated;
    } catch (error) {
      if (error instanceof WrongExpectedVersion || error instanceof EventIdTaken) return true;
      throw error;
    }
  }

  async #compare(jobs: readonly Submission[]): Promise<void> {
    const streams = await this.store.readStreams(jobs.map(({ jobId }) => streamIdOf('job', jobId)));
    for (const submission of jobs) {
      const stored = foldJob(streams.get(streamIdOf('job', submission.jobId)) ?? []);
      if (stored.job.status === 'unknown') throw new Rejection('idempotency-conflict');
      const { spec, tasks, jobId } = knownJob(stored);
      const first = { jobId, spec, tasks: tasks.map((task) => task.spec) };
      if (fingerprint(first) !== fingerprint(submission)) throw new Rejection('idempotency-conflict', { jobId });
    }
  }
}

interface DecidedJob {
  readonly jobId: Submission['jobId'];
  readonly events: readonly JobEvent[];
}

function rowChanges({ events }: DecidedJob) {
  const { job } = events.reduce(dispatchedJobDecider.evolve, dispatchedJobDecider.initial);
  return job.status === 'unknown' ? [] : [jobRowChanges(events, job)];
}
