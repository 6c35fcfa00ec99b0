import type { StoredEvent } from '@necrocode/event-store';

/** An event of a stream, and what other streams recorded between the one before and it. */
export interface Beat {
  readonly event: StoredEvent;
  readonly meanwhile: readonly StoredEvent[];
}

/**
 * Puts the events of a timeline between those of its own stream. The timeline is in store order and may be behind the stream: what
 * it does not hold yet comes after everything it holds. What came after the stream's last event is nobody's and left out.
 */
export function interleave(own: readonly StoredEvent[], timeline: readonly StoredEvent[]): readonly Beat[] {
  const ids = new Set(own.map(({ id }) => id));
  const before: StoredEvent[][] = [[]];
  for (const event of timeline) {
    if (ids.has(event.id)) before.push([]);
    else before.at(-1)?.push(event);
  }
  return own.map((event, index) => ({ event, meanwhile: before[index] ?? [] }));
}
