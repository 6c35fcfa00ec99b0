import type { ExecutionEvent, JobId } from '@necrocode/domain';
import type { EventStore, StoredEvent } from '@necrocode/event-store';
import type { CarryOut } from '../carry-out/carry-out.js';
import { cleanupIdOf, type Cleanups } from '../carry-out/cleanups.js';
import { orderForJob, orderForSlot } from '../order-cleanup/order-cleanup.js';
import { readJob, readRequestedPolicies } from '../order-cleanup/read-history.js';

/** An execution that held a slot has ended: check the slot. A job has ended: handle its artifacts, remove its workspace. */
export class ReactToEvents {
  constructor(
    private readonly store: EventStore,
    private readonly cleanups: Cleanups,
    private readonly carryOut: CarryOut,
  ) {}

  async handle(event: StoredEvent): Promise<void> {
    switch (event.type) {
      case 'ExecutionEnded': {
        const { execution } = event.data as Extract<ExecutionEvent, { type: 'ExecutionEnded' }>;
        const order = orderForSlot(execution);
        if (order) await this.clean(order, event);
        return;
      }
      case 'JobCompleted':
      case 'JobFailed':
      case 'JobCancelled': {
        const { jobId } = event.data as { jobId: JobId };
        const job = await readJob(this.store, jobId);
        if (job) await this.clean(orderForJob(job, await readRequestedPolicies(this.store, job)), event);
        return;
      }
      default:
        return;
    }
  }

  /** The intent is stored here; what fails after it is the timer's to try again, and holds no other event up. */
  private async clean(order: Parameters<typeof cleanupIdOf>[0], event: StoredEvent): Promise<void> {
    const { traceparent } = event.metadata;
    const cause = { causationId: event.id, ...(traceparent === undefined ? {} : { traceparent }) };
    const state = await this.cleanups.request(order, cause);
    await this.carryOut.carryOut(cleanupIdOf(order), state);
  }
}
