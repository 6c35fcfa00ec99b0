import type { EventStore, StoredEvent } from '@necrocode/event-store';
import DataLoader from 'dataloader';
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

  /** Whoever asks in the same turn of the event loop shares one statement. */
  readonly #reads = new DataLoader<string, readonly StoredEvent[]>((streamIds) => this.#readAll(streamIds), {
    cache: false,
    maxBatchSize: 1_000,
  });

  constructor(private readonly store: Pick<EventStore, 'readStreams'>) {}

  /** A whole stream; empty when it does not exist. */
  read(streamId: string): Promise<readonly StoredEvent[]> {
    return this.#reads.load(streamId);
  }

  async #readAll(streamIds: readonly string[]): Promise<readonly (readonly StoredEvent[])[]> {
    const asked = [...new Set(streamIds)];
    const known = asked.map((streamId) => this.#recent.get(streamId) ?? []);
    const news = await this.store.readStreams(
      asked,
      known.map((events) => events.length + 1),
    );
    const whole = new Map(
      asked.map((streamId, index) => [streamId, this.#join(streamId, known[index] ?? [], news.get(streamId) ?? [])]),
    );
    return streamIds.map((streamId) => whole.get(streamId) ?? []);
  }

  #join(streamId: string, known: readonly StoredEvent[], fresh: readonly StoredEvent[]): readonly StoredEvent[] {
    if (fresh.length === 0) return known;
    const whole = [...known, ...fresh];
    this.#recent.set(streamId, whole);
    return whole;
  }
}
