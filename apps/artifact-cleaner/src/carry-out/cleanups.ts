import { streamIdOf } from '@necrocode/contracts';
import {
  type CleanupCommand,
  cleanupDecider,
  type CleanupEvent,
  type CleanupOrder,
  type CleanupState,
} from '@necrocode/domain';
import { type EventMetadata, type EventStore, fold, handleCommand, Upcasters } from '@necrocode/event-store';
import type { DriveQueue } from '@necrocode/service-kit';

const upcasters = new Upcasters();
export const ACTOR = 'service:artifact-cleaner';

/** The streams of cleanups: this service is their only writer. */
export class Cleanups {
  constructor(
    private readonly store: EventStore,
    private readonly drives: DriveQueue,
    private readonly redriveMs: number,
  ) {}

  async load(cleanupId: string): Promise<CleanupState> {
    const events = await this.store.readStream(streamIdOf('cleanup', cleanupId));
    return fold<CleanupState, CleanupEvent>(cleanupDecider.evolve, cleanupDecider.initial, events, upcasters);
  }

  /** Stores the intent and arms its timer in one transaction. */
  async request(order: CleanupOrder, cause: Pick<EventMetadata, 'causationId' | 'traceparent'>): Promise<CleanupState> {
    return this.feed(cleanupIdOf(order), { type: 'RequestCleanup', order, at: now() }, order.jobId, cause);
  }

  async feed(
    cleanupId: string,
    command: CleanupCommand,
    jobId: string,
    cause: Pick<EventMetadata, 'causationId' | 'traceparent'> = {},
  ): Promise<CleanupState> {
    const { state } = await handleCommand({
      store: this.store,
      decider: cleanupDecider,
      streamId: streamIdOf('cleanup', cleanupId),
      command,
      metadata: { actor: ACTOR, correlationId: jobId, ...cause },
      companions: (decided, after) => {
        if (after.status === 'done') return [this.drives.forget(cleanupId)];
        const requested = decided.some(({ type }) => type === 'CleanupRequested');
        return requested ? [this.drives.schedule(cleanupId, this.redriveMs)] : [];
      },
    });
    return state;
  }
}

/** One cleanup per job, per cancelled part of a job, and per execution that held a slot. */
export function cleanupIdOf(order: CleanupOrder): string {
  switch (order.kind) {
    case 'job':
      return order.jobId;
    case 'tasks':
      return order.cancellationId;
    case 'slot':
      return order.executionId;
    default:
      return order satisfies never;
  }
}

export function now(): string {
  return new Date().toISOString();
}
