import { createHash } from 'node:crypto';

/**
 * The id of a span that an event stands for: 8 bytes, hex. It follows from the event's id, so the span that is exported while a
 * cancellation runs and the one rebuilt from the store years later are the same one.
 * @param part which of the spans that one event tells of
 */
export function spanIdOf(eventId: string, part = ''): string {
  return createHash('sha256').update(`${eventId}/${part}`).digest('hex').slice(0, 16);
}
