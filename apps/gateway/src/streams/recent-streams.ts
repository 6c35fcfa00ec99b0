import type { EventStore, StoredEvent } from '@necrocode/event-store';
import { LRUCache } from 'lru-cache';

/** So many events are remembered, of whatever streams. */
const EVENTS = 20_000;

/** A stream is read anew, from its beginning, when it has been remembered for so long: it may have been archived. */
const REMEMBER_MS = 2_000;

/**
 * Streams that are asked for again and again while they grow, as the status of a cancellation of a hundred executions is. Of what was read a
 * moment ago only the news are read: an event never changes, so what is shown is never behind.
 */
export class RecentStreams {
  readonly #recent = new LRUCache<string, readonly StoredEvent[]>({
    maxSize: EVENTS,
    sizeCalculation: (events) => events.length,
    ttl: REMEMBER_MS,
    noUpdateTTL: true,
    ttlAutopurge: true,
    perf: { now: () => performance.now() }, // Looked up each time, so that a spec can turn the clock.
  });

  constructor(private readonly store: Pick<EventStore, 'readStreams'>) {}

  /** Whole streams; one that does not exist maps to an empty list. */
  async read(streamIds: readonly string[]): Promise<ReadonlyMap<string, readonly StoredEvent[]>> {
    const known = streamIds.map((streamId) => this.#recent.get(streamId) ?? []);
    const news = await this.store.readStreams(
      streamIds,
      known.map((events) => events.length + 1),
    );
    return new Map(streamIds.map((streamId, index) => [streamId, this.#whole(streamId, known[index] ?? [], news)]));
  }

  #whole(
    streamId: string,
    known: readonly StoredEvent[],
    news: ReadonlyMap<string, readonly StoredEvent[]>,
  ): readonly StoredEvent[] {
    const fresh = news.get(streamId) ?? [];
    if (fresh.length === 0) return known;
    const whole = [...known, ...fresh];
    this.#recent.set(streamId, whole);
    return whole;
  }
}
