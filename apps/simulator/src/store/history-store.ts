import {
  type AppendResult,
  type EventStore,
  InMemoryEventStore,
  type Position,
  type PositionedEvent,
  type StoredEvent,
  type StreamAppend,
  WrongExpectedVersion,
} from '@necrocode/event-store';

type Listener = (events: readonly StoredEvent[]) => void;

/**
 * The in-memory store of a history, with what was appended kept beside it as it was answered: a fold is asked for a hundred
 * times as often as an event is appended, and the store reads each event from its text. The end of a history compares both.
 */
export class HistoryStore implements EventStore {
  readonly events: PositionedEvent[] = [];
  lostRaces = 0;
  readonly #inner: InMemoryEventStore;
  readonly #streams = new Map<string, StoredEvent[]>();
  readonly #listeners: Listener[] = [];

  /** @param isTampered the mutant whose stored events read differently than they were appended */
  constructor(
    clock: () => string,
    private readonly isTampered = false,
  ) {
    this.#inner = new InMemoryEventStore(clock);
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  get streamIds(): readonly string[] {
    return [...this.#streams.keys()];
  }

  /** As the store itself tells it. */
  async replay(streamId: string): Promise<readonly StoredEvent[]> {
    const stored = await this.#inner.readStream(streamId);
    return this.isTampered ? stored.map((event) => ({ ...event, data: {} })) : stored;
  }

  /** @param committed what happens in the same transaction */
  async commit(streams: readonly StreamAppend[], committed: () => void = () => undefined): Promise<AppendResult> {
    const result = await this.#inner.append(streams).catch((error: unknown) => {
      if (error instanceof WrongExpectedVersion) this.lostRaces += 1;
      throw error;
    });
    if (result.repeated) return result;
    for (const event of result.events) this.#keep(event);
    committed();
    for (const listener of this.#listeners) listener(result.events);
    return result;
  }

  append(streams: readonly StreamAppend[]): Promise<AppendResult> {
    return this.commit(streams);
  }

  readStream(streamId: string, fromVersion = 1): Promise<readonly StoredEvent[]> {
    return Promise.resolve(this.stream(streamId).slice(fromVersion - 1));
  }

  stream(streamId: string): readonly StoredEvent[] {
    return this.#streams.get(streamId) ?? [];
  }

  readStreams(
    streamIds: readonly string[],
    fromVersions: readonly number[] = [],
  ): Promise<ReadonlyMap<string, readonly StoredEvent[]>> {
    const from = (index: number): number => (fromVersions[index] ?? 1) - 1;
    return Promise.resolve(new Map(streamIds.map((id, index) => [id, this.stream(id).slice(from(index))])));
  }

  readAll(after: Position, limit: number): Promise<readonly PositionedEvent[]> {
    return Promise.resolve(this.events.slice(Number(after), Number(after) + limit));
  }

  lastPosition(): Promise<Position> {
    return Promise.resolve(BigInt(this.events.length));
  }

  #keep(event: StoredEvent): void {
    this.events.push({ ...event, position: BigInt(this.events.length + 1) });
    const stream = this.#streams.get(event.streamId);
    if (stream) stream.push(event);
    else this.#streams.set(event.streamId, [event]);
  }
}
