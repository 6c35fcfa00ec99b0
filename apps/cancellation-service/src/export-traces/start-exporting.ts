import type { EventStore } from '@necrocode/event-store';
import { type Checkpoint, consumeEvents, type EventConsumer, type MessagingConnection } from '@necrocode/messaging';
import { consumerLog, type Logger, postgresCheckpoint, type Tracing } from '@necrocode/service-kit';
import type { DataSource } from 'typeorm';
import { SCHEMA } from '../saga/schema.js';
import { ExportTrace, OUTCOME_TYPES } from './export-trace.js';

const DURABLE = 'cancellation-service-traces';

export interface ExportGround {
  readonly connection: MessagingConnection;
  readonly store: EventStore;
  readonly database: DataSource;
  readonly tracing: Tracing;
  readonly logger: Logger;
}

/**
 * Exports the trace of each cancellation when it has an outcome. A collector that is away is asked again for as long as it takes;
 * what happened while tracing was off is exported once it is on again, but nothing from before it was on for the first time.
 */
export function startExporting({ connection, store, database, tracing, logger }: ExportGround): EventConsumer {
  const traces = new ExportTrace(store, tracing);
  return consumeEvents({
    connection,
    durable: DURABLE,
    store,
    types: OUTCOME_TYPES,
    checkpoint: fromNowOn(postgresCheckpoint(database, SCHEMA, DURABLE), store),
    concurrency: 4,
    retry: { isPassing: () => true, backoff: { initialMs: 500, factor: 2, maxMs: 60_000 } },
    handle: ({ event }) => traces.handle(event),
    observe: consumerLog(logger, DURABLE),
  });
}

function fromNowOn(checkpoint: Checkpoint, store: Pick<EventStore, 'lastPosition'>): Checkpoint {
  return {
    load: async () => (await checkpoint.load()) || store.lastPosition(),
    save: (position) => checkpoint.save(position),
  };
}
