import { uuidV7 } from '../command-handling/event-ids.js';
import type { NewEvent, StreamAppend } from '../event-store.js';

let created = 0;

/** A stream id no other example has used. */
export function freshStream(): string {
  return `example-${uuidV7()}`;
}

/** An event with its own id and data that shows what a store may do to JSON. */
export function anEvent(overrides: Partial<NewEvent> = {}): NewEvent {
  created++;
  return {
    id: uuidV7(),
    type: 'ExampleHappened',
    schemaVersion: 1,
    data: { zebra: created, apple: { 2: 'two', 10: 'ten' }, list: [1, null, 'ü'], ratio: 0.1 },
    metadata: { actor: 'service:contract', correlationId: `story-${created}` },
    ...overrides,
  };
}

export function someEvents(count: number): NewEvent[] {
  return Array.from({ length: count }, () => anEvent());
}

export function appendOf(streamId: string, expectedVersion: number, events: readonly NewEvent[]): StreamAppend {
  return { streamId, expectedVersion, events };
}
