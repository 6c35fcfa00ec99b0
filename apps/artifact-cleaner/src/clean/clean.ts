import type { CancellationId, CleanupReport, JobId, TaskId } from '@necrocode/domain';
import { Rejection } from '@necrocode/domain';
import type { EventStore } from '@necrocode/event-store';
import type { CarryOut } from '../carry-out/carry-out.js';
import { cleanupIdOf, type Cleanups } from '../carry-out/cleanups.js';
import { orderForJob, orderForTasks } from '../order-cleanup/order-cleanup.js';
import { readJob, readRequestedPolicies } from '../order-cleanup/read-history.js';

export interface CleanAsked {
  readonly jobId: JobId;
  readonly cancellationId: CancellationId;
  readonly taskIds: readonly TaskId[] | null;
}

export interface CleanAnswer {
  readonly done: boolean;
  readonly report: CleanupReport | null;
}

/** How the cleanup of a cancellation stands; starts it when it is due. A whole job's is due when the job has ended. */
export class Clean {
  constructor(
    private readonly store: EventStore,
    private readonly cleanups: Cleanups,
    private readonly carryOut: CarryOut,
  ) {}

  async handle({ jobId, cancellationId, taskIds }: CleanAsked, causationId: string): Promise<CleanAnswer> {
    const known = await this.cleanups.load(taskIds === null ? jobId : cancellationId);
    if (known.status === 'done') return { done: true, report: known.report };
    if (known.status === 'open') return NOT_YET; // Under way; its own timer drives it.
    const job = await readJob(this.store, jobId);
    if (!job) throw new Rejection('job-not-found', { jobId });
    if (taskIds === null && job.endedAt === null) return NOT_YET;
    const requested = await readRequestedPolicies(this.store, job);
    const order =
      taskIds === null ? orderForJob(job, requested) : orderForTasks(job, cancellationId, taskIds, requested);
    const state = await this.carryOut.carryOut(cleanupIdOf(order), await this.cleanups.request(order, { causationId }));
    return state.status === 'done' ? { done: true, report: state.report } : NOT_YET;
  }
}

const NOT_YET: CleanAnswer = { done: false, report: null };
