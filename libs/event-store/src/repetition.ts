import { EventIdTaken } from './errors.js';
import type { StoredEvent, StreamAppend } from './event-store.js';

/**
 * Tells a repeated append from a new one by its event ids.
 * @param stored the events already stored under any of the append's ids
 * @returns the events as stored, in the order of the append, when it is a repetition; undefined when it is new.
 * @throws {EventIdTaken} when some but not all are stored, or one belongs to another stream.
 */
export function repetitionOf(
  streams: readonly StreamAppend[],
  stored: ReadonlyMap<string, StoredEvent>,
): readonly StoredEvent[] | undefined {
  if (stored.size === 0) return undefined;
  const found: StoredEvent[] = [];
  let missing = 0;
  for (const { streamId, events } of streams)
    for (const { id } of events) {
      const event = stored.get(id);
      if (event?.streamId === streamId) found.push(event);
      else missing++;
    }
  if (missing > 0) throw new EventIdTaken([...stored.keys()]);
  return found;
}
