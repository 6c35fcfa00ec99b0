import type { EventStore } from '@necrocode/event-store';
import type { StartReply } from '@necrocode/contracts';
import type { StartOrder } from '../start-execution/start-order.js';
import { appendTogether } from '../streams/append-together.js';
import { ACTOR } from '../streams/cause.js';
import type { Jobs } from '../streams/jobs.js';
import type { SlotPools } from '../streams/slot-pools.js';

/** Gives back a task whose runner refused to start it: the attempt does not count, and its slot was never touched. */
export class UnassignTask {
  constructor(
    private readonly store: EventStore,
    private readonly jobs: Jobs,
    private readonly pools: SlotPools,
    private readonly wakeAssignment: () => void,
  ) {}

  async handle(
    { job: { jobId }, task, assignment: { executionId, slot }, traceparent }: StartOrder,
    because: Extract<StartReply, { answer: 'refused' }>['because'],
  ): Promise<void> {
    const at = new Date().toISOString();
    const { taskId } = task.spec;
    const metadata = { actor: ACTOR, correlationId: jobId, ...(traceparent === undefined ? {} : { traceparent }) };
    await appendTogether(
      this.store,
      async () => {
        const unassigned = await this.jobs.decide(jobId, { type: 'UnassignTask', taskId, executionId, because, at });
        // No longer pending: whoever was first also sees to the slot.
        if (unassigned.events.length === 0 || !slot) return [unassigned];
        const free = { type: 'FreeSlot' as const, slotId: slot.slotId, executionId, evidence: null, at };
        return [unassigned, await this.pools.decide(slot.pool, free)];
      },
      { id: `${executionId}/refused`, metadata },
    );
    this.wakeAssignment();
  }
}
