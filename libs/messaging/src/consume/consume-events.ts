import type { EventStore, Position, PositionedEvent } from '@necrocode/event-store';
import { streamNames } from '@necrocode/contracts';
import type { MessagingConnection } from '../connect/connection.js';
import { Drain } from '../drain/drain.js';
import { withLease } from '../lease/lease.js';
import { requireDurableName } from '../provision/durable-name.js';
import { defaultRetry, type RetryPolicy } from './attempt.js';
import { type Checkpoint, CheckpointSaver } from './checkpoint.js';
import { EventSession } from './event-session.js';
import { type Interest, interestIn } from './interest.js';
import { Lanes } from './lanes.js';
import type { ConsumerNotice } from './notice.js';
import { PositionLedger } from './position-ledger.js';
import { Slots } from './slots.js';

/** One event for a handler. */
export interface EventDelivery {
  readonly event: PositionedEvent;
  /** W3C trace context of the span that appended the event. */
  readonly traceparent: string | undefined;
  /** True when it was delivered before, perhaps to a replica that died: an effect may exist already. */
  readonly redelivered: boolean;
  /** How often JetStream has delivered it; 0 when it was read from the store. */
  readonly deliveries: number;
  /** Aborts when the handler's time is over: the lease went to another replica, or a shutdown has waited long enough. */
  readonly signal: AbortSignal;
}

export interface ConsumeEventsOptions {
  readonly connection: MessagingConnection;
  /** Service and purpose, for example `dispatcher-jobs`: the durable consumer's and the lease's name. Letters, digits, `_` and `-`. */
  readonly durable: string;
  /** Where events that JetStream lacks are read. */
  readonly store: Pick<EventStore, 'readAll' | 'lastPosition'>;
  readonly checkpoint: Checkpoint;
  /** Resolves when the event's effects are committed. May see an event again, also after it succeeded. */
  readonly handle: (delivery: EventDelivery) => Promise<void>;
  /** Events with the same key are handled in order, one after the other. Default: the correlation id. */
  readonly key?: (event: PositionedEvent) => string;
  /** Handlers running at once. Default 16. */
  readonly concurrency?: number;
  /** Events taken in and not yet handled, queued behind their key included. Default 512. */
  readonly maxInProgress?: number;
  /** The types of events the handler does something about; the others are counted, not read. Default: all. */
  readonly types?: readonly string[];
  readonly retry?: Partial<RetryPolicy>;
  /** How often the store is asked whether there is anything JetStream did not bring. Default 1 s. */
  readonly checkEveryMs?: number;
  /** The checkpoint is saved at most this often. Default 100 ms. */
  readonly saveEveryMs?: number;
  readonly observe?: (notice: ConsumerNotice) => void;
}

export interface Consumer {
  /** Whether this replica is the one at work. */
  isActive(): boolean;
  /**
   * Stops taking in, lets running handlers finish for up to `withinMs` (default 5 s), gives the rest back and lets go of the lease.
   * The connection stays open.
   */
  stop(withinMs?: number): Promise<void>;
}

export interface EventConsumer extends Consumer {
  /** `handled`: everything up to it is handled. `taken`: the newest position taken in. */
  progress(): { readonly handled: Position; readonly taken: Position; readonly inProgress: number };
}

/** Everything a session needs, kept across sessions so that what was handled here is remembered. */
export interface EventConsumption extends Required<Omit<ConsumeEventsOptions, 'retry' | 'types'>> {
  readonly interest: Interest;
  readonly retry: RetryPolicy;
  readonly ledger: PositionLedger;
  readonly lanes: Lanes;
  readonly slots: Slots;
  readonly saver: CheckpointSaver;
}

/**
 * Handles every event of the store, in order within a key, for as long as the process lives. JetStream brings the events; the store is asked
 * for what JetStream lacks, so neither a wiped stream nor a lost consumer loses one. Of all replicas with the same `durable` one is active.
 * @throws {RangeError} for a name that cannot be a durable's
 */
export function consumeEvents(options: ConsumeEventsOptions): EventConsumer {
  requireDurableName(options.durable);
  const observe = options.observe ?? (() => undefined);
  const onFault = (error: unknown): void => observe({ kind: 'fault', error });
  const ledger = new PositionLedger();
  let session: EventSession | undefined;
  const consumption: EventConsumption = {
    key: (event) => event.metadata.correlationId,
    concurrency: 16,
    maxInProgress: 512,
    checkEveryMs: 1_000,
    saveEveryMs: 100,
    ...options,
    observe,
    retry: { ...defaultRetry, ...options.retry },
    ledger,
    lanes: new Lanes(),
    slots: new Slots(options.concurrency ?? 16),
    interest: interestIn(options.types),
    saver: new CheckpointSaver(
      options.checkpoint,
      () => ledger.lowWater,
      options.saveEveryMs ?? 100,
      (position) => session?.settle(position),
      onFault,
    ),
  };
  const drain = new Drain();
  const ended = withLease(
    options.connection,
    `${streamNames.events}.${options.durable}`,
    drain.stopping,
    async (lost) => {
      session = new EventSession(consumption, drain, lost);
      observe({ kind: 'active' });
      try {
        await session.run();
      } finally {
        session = undefined;
        observe({ kind: 'standby' });
      }
    },
    onFault,
  );
  return {
    isActive: () => session !== undefined,
    progress: () => ({ handled: ledger.lowWater, taken: ledger.admitted, inProgress: session?.inProgress ?? 0 }),
    stop: (withinMs = 5_000) => drain.stop(ended, withinMs),
  };
}
