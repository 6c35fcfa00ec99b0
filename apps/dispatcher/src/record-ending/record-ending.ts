import type { ExecutionEnding, ExecutionIdentity } from '@necrocode/domain';
import type { EventStore, StoredEvent } from '@necrocode/event-store';
import type { Logger } from '@necrocode/service-kit';
import { appendTogether } from '../streams/append-together.js';
import { causedByEvent } from '../streams/cause.js';
import type { Jobs } from '../streams/jobs.js';
import type { SlotPools } from '../streams/slot-pools.js';

/**
 * What the end of an execution means: for its task, and for its slot, which is soiled until proven clean. Both in one append, so
 * that a job is never over while its slot counts as running.
 */
export class RecordEnding {
  constructor(
    private readonly store: EventStore,
    private readonly jobs: Jobs,
    private readonly pools: SlotPools,
    private readonly wakeAssignment: () => void,
    private readonly logger: Logger,
  ) {}

  async handle(execution: ExecutionIdentity, ending: ExecutionEnding, event: StoredEvent): Promise<void> {
    const { jobId, taskId, executionId, runnerId, slot } = execution;
    const at = new Date().toISOString();
    const random = Math.random();
    const appended = await appendTogether(
      this.store,
      async () => {
        const record = this.jobs.decide(jobId, { type: 'RecordEnding', taskId, executionId, ending, random, at });
        // A fenced execution may still be at work in its slot: that stays leased until its runner has proven the end.
        if (!slot || ending.reason === 'fenced') return [await record];
        const soil = this.pools.decide(slot.pool, { type: 'SoilSlot', slotId: slot.slotId, executionId, at });
        return Promise.all([record, soil]);
      },
      causedByEvent(event, jobId),
    );
    if (appended.length === 0) return;
    const outcome = appended.map(({ type }) => type);
    this.logger.info({ jobId, taskId, executionId, runnerId, reason: ending.reason, outcome }, 'execution ended');
    this.wakeAssignment();
  }
}
