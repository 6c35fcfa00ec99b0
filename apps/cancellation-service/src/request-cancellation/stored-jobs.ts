import { streamIdOf } from '@necrocode/contracts';
import {
  type CancellationTarget,
  type DispatchedJob,
  dispatchedJobDecider,
  isAnyLeft,
  type JobEvent,
  type JobFacts,
  jobFacts,
  type JobId,
} from '@necrocode/domain';
import { type EventStore, fold } from '@necrocode/event-store';

/** Jobs as their own streams tell of them. */
export interface Jobs {
  /** @throws {Rejection} `job-not-found` */
  describe(jobId: JobId): Promise<JobFacts>;
  /** Whether there is anything of the target that is not over. */
  isAnyLeft(target: CancellationTarget): Promise<boolean>;
}

/**
 * Reads a job from the store instead of asking its owner: one look at what is committed, so the same answer, and the way from
 * a request to its first signal is four messages shorter. Of slots it says nothing: those are the dispatcher's to tell.
 */
export class StoredJobs implements Jobs {
  constructor(private readonly store: EventStore) {}

  async describe(jobId: JobId): Promise<JobFacts> {
    return jobFacts(await this.load(jobId), []);
  }

  async isAnyLeft(target: CancellationTarget): Promise<boolean> {
    return isAnyLeft(target, await this.load(target.jobId));
  }

  private async load(jobId: JobId): Promise<DispatchedJob> {
    const { evolve, initial } = dispatchedJobDecider;
    return fold<DispatchedJob, JobEvent>(evolve, initial, await this.store.readStream(streamIdOf('job', jobId)));
  }
}
