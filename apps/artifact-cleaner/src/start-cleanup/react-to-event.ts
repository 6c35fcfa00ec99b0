import type { ExecutionEvent, JobEvent, RunnerEvent } from '@necrocode/domain';
import { type PositionedEvent, toDomainEvent } from '@necrocode/event-store';
import type { KnownFacts } from '../order-cleanup/known-facts.js';
import type { Cause, StartCleanup } from './start-cleanup.js';

/** What is reacted to; nothing else is read. */
export const heardTypes = [
  'ExecutionEnded',
  'JobCompleted',
  'JobFailed',
  'JobCancelled',
  'RunnerOrphanFound',
  'RunnerOrphanEnded',
] as const;

type OrphanFound = Extract<RunnerEvent, { type: 'RunnerOrphanFound' }>;
type OrphanEnded = Extract<RunnerEvent, { type: 'RunnerOrphanEnded' }>;
type JobEnded = Extract<JobEvent, { type: 'JobCompleted' | 'JobFailed' | 'JobCancelled' }>;

/** What ends leaves something to clean. The event is done with once the cleanup is stored: its timer does the rest. */
export class ReactToEvent {
  constructor(
    private readonly facts: KnownFacts,
    private readonly startCleanup: StartCleanup,
  ) {}

  async handle(stored: PositionedEvent): Promise<void> {
    const { id, type, metadata } = stored;
    const cause = { id, traceparent: metadata.traceparent };
    switch (type) {
      case 'ExecutionEnded': {
        const event = toDomainEvent<Extract<ExecutionEvent, { type: 'ExecutionEnded' }>>(stored);
        await this.startCleanup.ofSlot(event, cause);
        return;
      }
      case 'JobCompleted':
      case 'JobFailed':
      case 'JobCancelled': {
        const { jobId, ...event } = toDomainEvent<JobEnded>(stored);
        // Nothing of it was ever assigned, so there is nothing to clean; a bulk ends thousands of these at once.
        if (event.type === 'JobCancelled' && event.dequeued) return;
        await this.startCleanup.ofJob(await this.facts.ofJob(jobId), cause);
        return;
      }
      case 'RunnerOrphanFound':
        return this.removeLeft(toDomainEvent<OrphanFound>(stored), cause);
      case 'RunnerOrphanEnded':
        return this.afterOrphan(toDomainEvent<OrphanEnded>(stored), cause);
      default: // Nothing that has ended.
    }
  }

  /**
   * A workspace that was left behind goes the way of every other. One that the store does not vouch for stays: its job is
   * not stored, or was never on that runner.
   */
  private async removeLeft({ runnerId, orphan, at }: OrphanFound, cause: Cause): Promise<void> {
    if (orphan.kind !== 'workspace') return;
    const facts = await this.facts.findJob(orphan.jobId);
    if (facts === null || facts.job.endedAt === null) return;
    const { job } = facts;
    const isItsOwn = job.runnerId === runnerId || job.leftRunnerIds.includes(runnerId);
    if (isItsOwn) await this.startCleanup.ofJob(facts, cause, at);
  }

  /** Whoever was in nobody's hand may have written where all had been cleaned. */
  private async afterOrphan({ orphan, at }: OrphanEnded, cause: Cause): Promise<void> {
    if (orphan.kind === 'workspace') return;
    const state = await this.facts.ofExecution(orphan.executionId);
    if (state.status === 'unknown') return;
    const facts = await this.facts.ofJob(state.execution.jobId);
    if (facts.job.endedAt !== null) await this.startCleanup.ofJob(facts, cause, at);
  }
}
