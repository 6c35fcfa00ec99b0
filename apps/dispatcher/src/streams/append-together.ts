import {
  type CompanionStatement,
  dataOf,
  type DomainEvent,
  EventIdTaken,
  eventIdOf,
  eventUpcasters,
  type EventStore,
  type NewEvent,
  type StoredEvent,
  WrongExpectedVersion,
} from '@necrocode/event-store';
import type { Cause } from './cause.js';

/** What was decided on one stream, as it was read. */
export interface StreamDecision {
  readonly streamId: string;
  readonly expectedVersion: number;
  /** None when it is so already. */
  readonly events: readonly DomainEvent[];
  readonly companions: readonly CompanionStatement[];
}

/** A decision whose events have causes of their own. */
export interface CausedDecision extends Omit<StreamDecision, 'events'> {
  readonly events: readonly NewEvent[];
}

const MAX_ATTEMPTS = 20;

/**
 * Appends what was decided on several streams, all or nothing; when another writer was first on any of them, all is decided again.
 * @param decide reads afresh; deciding on what it led to earlier must give nothing
 * @returns what was appended; empty when it was all so already
 * @throws {Rejection} what `decide` refuses, and what `EventStore.append` throws
 */
export function appendTogether(
  store: EventStore,
  decide: () => Promise<readonly StreamDecision[]>,
  cause: Cause,
): Promise<readonly StoredEvent[]> {
  return appendCaused(store, async () =>
    (await decide()).map((decision) => ({
      ...decision,
      events: toNewEvents(decision.events, decision.streamId, cause),
    })),
  );
}

/** As `appendTogether`, for decisions that many causes led to. */
export async function appendCaused(
  store: EventStore,
  decide: () => Promise<readonly CausedDecision[]>,
): Promise<readonly StoredEvent[]> {
  for (let attempt = 1; ; attempt++) {
    const decisions = (await decide()).filter(({ events }) => events.length > 0);
    if (decisions.length === 0) return [];
    const streams = decisions.map(({ companions: _, ...stream }) => stream);
    try {
      const companions = decisions.flatMap((decision) => decision.companions);
      return (await store.append(inLockOrder(streams), companions)).events;
    } catch (error) {
      const raced = error instanceof WrongExpectedVersion || error instanceof EventIdTaken;
      if (!raced || attempt >= MAX_ATTEMPTS) throw error;
    }
  }
}

/** One order everywhere, so that two appends that meet on several streams cannot wait for each other in a circle. */
export function inLockOrder<Append extends { readonly streamId: string }>(streams: readonly Append[]): Append[] {
  return [...streams].sort((a, b) => (a.streamId < b.streamId ? -1 : 1));
}

/** Their ids follow from the cause, so a repetition is told from news. */
export function toNewEvents(
  events: readonly DomainEvent[],
  streamId: string,
  { id, metadata }: Cause,
): readonly NewEvent[] {
  return events.map((event, index) => ({
    id: eventIdOf(id, streamId, index),
    type: event.type,
    schemaVersion: eventUpcasters.currentVersion(event.type),
    data: dataOf(event),
    metadata,
  }));
}
