import { type DomainEvent, type StoredEvent, toDomainEvent } from '@necrocode/event-store';

/** A stored event with what it says, in its current shape. */
export interface Told<Event> {
  readonly id: string;
  readonly recordedAt: string;
  readonly traceparent: string | undefined;
  readonly event: Event;
}

export function tell<Event extends DomainEvent>(events: readonly StoredEvent[]): readonly Told<Event>[] {
  return events.map((stored) => ({
    id: stored.id,
    recordedAt: stored.recordedAt,
    traceparent: stored.metadata.traceparent,
    event: toDomainEvent<Event>(stored),
  }));
}
