import {
  dataOf,
  type DomainEvent,
  EventIdTaken,
  eventIdOf,
  eventUpcasters,
  type NewEvent,
  type StoredEvent,
  WrongExpectedVersion,
} from '@necrocode/event-store';
import type { StoreClient } from '../../store/store-client.js';

export interface StreamDecision {
  readonly streamId: string;
  readonly expectedVersion: number;
  readonly events: readonly DomainEvent[];
  /** Whose story these events belong to, where it is not that of the cause. */
  readonly correlationId?: string;
}

export interface Cause {
  readonly id: string;
  readonly actor: string;
  readonly correlationId: string;
}

/** As the dispatcher does it: all or nothing; when another writer was first on any of the streams, all is decided again. */
export async function appendTogether(
  store: StoreClient,
  decide: () => Promise<readonly StreamDecision[]>,
  cause: Cause,
  committed?: () => void,
): Promise<readonly StoredEvent[]> {
  for (let attempt = 1; ; attempt++) {
    const decisions = (await decide()).filter(({ events }) => events.length > 0);
    if (decisions.length === 0) return [];
    const streams = decisions.map(({ streamId, expectedVersion, events, correlationId = cause.correlationId }) => ({
      streamId,
      expectedVersion,
      events: newEvents(events, streamId, { ...cause, correlationId }),
    }));
    try {
      return (await store.commit(streams, committed)).events;
    } catch (error) {
      const raced = error instanceof WrongExpectedVersion || error instanceof EventIdTaken;
      if (!raced || attempt >= 20) throw error;
    }
  }
}

export function newEvents(
  events: readonly DomainEvent[],
  streamId: string,
  { id, actor, correlationId }: Cause,
): readonly NewEvent[] {
  return events.map((event, index) => ({
    id: eventIdOf(id, streamId, index),
    type: event.type,
    schemaVersion: eventUpcasters.currentVersion(event.type),
    data: dataOf(event),
    metadata: { actor, correlationId, causationId: id },
  }));
}
