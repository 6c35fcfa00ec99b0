import type { CleanupEvent } from '@necrocode/domain';
import type { EventStore, StoredEvent } from '@necrocode/event-store';
import type { Logger } from '@necrocode/service-kit';
import { appendTogether } from '../streams/append-together.js';
import { causedByEvent } from '../streams/cause.js';
import type { SlotPools } from '../streams/slot-pools.js';

type SlotProvenClean = Extract<CleanupEvent, { type: 'SlotProvenClean' }>;

/** A slot that was looked at and found clean can be leased again. */
export class FreeSlot {
  constructor(
    private readonly store: EventStore,
    private readonly pools: SlotPools,
    private readonly wakeAssignment: () => void,
    private readonly logger: Logger,
  ) {}

  async handle({ jobId, executionId, pool, slotId, evidence }: SlotProvenClean, event: StoredEvent): Promise<void> {
    const at = new Date().toISOString();
    const free = { type: 'FreeSlot' as const, slotId, executionId, evidence, at };
    const decide = async () => [await this.pools.decide(pool, free)];
    const appended = await appendTogether(this.store, decide, causedByEvent(event, jobId));
    if (appended.length > 0) this.logger.info({ jobId, executionId, slotId }, 'slot freed');
    this.wakeAssignment();
  }
}
