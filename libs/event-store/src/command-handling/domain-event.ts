import type { StoredEvent } from '../event-store.js';
import { eventUpcasters } from '../event-upcasters.js';
import type { Upcasters } from '../upcasters.js';

/** An event as the domain sees it: flat, `type` beside its data. */
export interface DomainEvent {
  readonly type: string;
}

/** The part of a domain event that is stored as `data`. */
export function dataOf(event: DomainEvent): Record<string, unknown> {
  const { type: _type, ...data } = event;
  return data;
}

/** A stored event as the domain sees it, in its current shape. */
export function toDomainEvent<Event extends DomainEvent>(
  stored: StoredEvent,
  upcasters: Upcasters = eventUpcasters,
): Event {
  const data = upcasters.upcast(stored.type, stored.schemaVersion, stored.data);
  // Cast: a stream has one owner, which wrote this event from an Event; older shapes went through their upcasters.
  return { ...(data as object), type: stored.type } as Event;
}

/** The state a stream stands for. */
export function fold<State, Event extends DomainEvent>(
  evolve: (state: State, event: Event) => State,
  state: State,
  events: readonly StoredEvent[],
  upcasters: Upcasters = eventUpcasters,
): State {
  return events.reduce((folded, stored) => evolve(folded, toDomainEvent<Event>(stored, upcasters)), state);
}
