import { checkAppend } from './check-append.js';
import { WrongExpectedVersion } from './errors.js';
import type {
  AppendResult,
  CompanionStatement,
  EventStore,
  Position,
  PositionedEvent,
  StoredEvent,
  StreamAppend,
} from './event-store.js';
import { repetitionOf } from './repetition.js';
import { type SealedEvent, sealAppend } from './seal-append.js';

/**
 * The store for specs and simulation: the same answers as PostgreSQL, nothing durable.
 * An event is numbered the moment it is appended. Events are kept as text, so nobody can change a stored one through a reference.
 */
export class InMemoryEventStore implements EventStore {
  readonly #log: string[] = [];
  /** Indexes into the log. */
  readonly #streams = new Map<string, number[]>();
  readonly #byId = new Map<string, number>();

  /** @param now RFC 3339; what `recordedAt` says. */
  constructor(private readonly now: () => string = () => new Date().toISOString()) {}

  async append(
    streams: readonly StreamAppend[],
    companions: readonly CompanionStatement[] = [],
  ): Promise<AppendResult> {
    checkAppend(streams);
    if (companions.length > 0) throw new Error('the in-memory event store has no SQL to run companion statements in');
    const repeated = repetitionOf(streams, this.#storedUnderIdsOf(streams));
    if (repeated) return { events: repeated, repeated: true };
    const sealed = streams.flatMap((stream) => sealAppend(stream, this.#previousHash(stream)));
    for (const stream of streams) this.#checkVersion(stream);
    const recordedAt = this.now();
    return { events: sealed.map((event) => this.#write(event, recordedAt)), repeated: false };
  }

  async readStream(streamId: string, fromVersion = 1): Promise<readonly StoredEvent[]> {
    return (this.#streams.get(streamId) ?? []).slice(Math.max(0, fromVersion - 1)).map((index) => this.#read(index));
  }

  async readStreams(
    streamIds: readonly string[],
    fromVersions: readonly number[] = [],
  ): Promise<ReadonlyMap<string, readonly StoredEvent[]>> {
    const read = new Map<string, readonly StoredEvent[]>();
    for (const [index, streamId] of streamIds.entries())
      read.set(streamId, await this.readStream(streamId, fromVersions[index]));
    return read;
  }

  async readAll(after: Position, limit: number): Promise<readonly PositionedEvent[]> {
    const start = Number(after);
    return this.#log
      .slice(start, start + limit)
      .map((_, offset) => ({ ...this.#read(start + offset), position: BigInt(start + offset + 1) }));
  }

  async lastPosition(): Promise<Position> {
    return BigInt(this.#log.length);
  }

  #storedUnderIdsOf(streams: readonly StreamAppend[]): Map<string, StoredEvent> {
    const stored = new Map<string, StoredEvent>();
    for (const { id } of streams.flatMap(({ events }) => events)) {
      const index = this.#byId.get(id);
      if (index !== undefined) stored.set(id, this.#read(index));
    }
    return stored;
  }

  #checkVersion({ streamId, expectedVersion }: StreamAppend): void {
    const indexes = this.#streams.get(streamId) ?? [];
    if (indexes.length === expectedVersion) return;
    const winners = indexes.slice(expectedVersion).map((index) => this.#read(index));
    throw new WrongExpectedVersion(streamId, expectedVersion, indexes.length, winners);
  }

  #previousHash({ streamId, expectedVersion }: StreamAppend): string | null {
    const index = this.#streams.get(streamId)?.[expectedVersion - 1];
    return index === undefined ? null : this.#read(index).hash;
  }

  #write({ event, data, metadata }: SealedEvent, recordedAt: string): StoredEvent {
    const index = this.#log.length;
    const { data: _data, metadata: _metadata, ...rest } = event;
    this.#log.push(`{"data":${data},"metadata":${metadata},${JSON.stringify({ ...rest, recordedAt }).slice(1)}`);
    const stream = this.#streams.get(event.streamId);
    if (stream) stream.push(index);
    else this.#streams.set(event.streamId, [index]);
    this.#byId.set(event.id, index);
    return this.#read(index);
  }

  #read(index: number): StoredEvent {
    // Cast: the text was written by #write from a SealedEvent.
    return JSON.parse(this.#log[index] ?? 'null') as StoredEvent;
  }
}
