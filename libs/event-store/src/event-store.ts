/** A position in the store's one total order: gap-free, from 1, assigned after commit. Never reused. */
export type Position = bigint;

/** What travels with every event: who, in answer to what, as part of which story and which trace. */
export interface EventMetadata {
  /** Who caused it: `user:<name>`, `service:<name>` or `runner:<id>`. */
  readonly actor: string;
  /** The story it belongs to: a job id, or the aggregate's own id where no job is involved. */
  readonly correlationId: string;
  /** The command or event that caused it. */
  readonly causationId?: string;
  /** W3C trace context of the span that appended it. */
  readonly traceparent?: string;
}

/** An event about to be appended. `id` is a lower-case UUID chosen by the caller: the same id again means the same append again. */
export interface NewEvent<Type extends string = string, Data = unknown> {
  readonly id: string;
  readonly type: Type;
  /** Version of the shape of `data`, from 1; older versions are upcast on read. */
  readonly schemaVersion: number;
  /** JSON only: no undefined, no bigint, no Date. */
  readonly data: Data;
  readonly metadata: EventMetadata;
}

/** An event as the store holds it. */
export interface StoredEvent<Type extends string = string, Data = unknown> extends NewEvent<Type, Data> {
  readonly streamId: string;
  /** 1 for the first event of a stream; consecutive. */
  readonly streamVersion: number;
  /** RFC 3339, the store's clock. */
  readonly recordedAt: string;
  /** `sha256:<hex>` over the previous hash and the canonical form (RFC 8785) of the event. */
  readonly hash: string;
  /** Hash of the event before it in the stream; null for the first. */
  readonly previousHash: string | null;
}

/** An event with its place in the total order: what subscribers and projections read. */
export interface PositionedEvent<Type extends string = string, Data = unknown> extends StoredEvent<Type, Data> {
  readonly position: Position;
}

/** One stream's share of an append. */
export interface StreamAppend {
  readonly streamId: string;
  /** Version the caller decided on; 0 for a stream that must not exist yet. */
  readonly expectedVersion: number;
  readonly events: readonly NewEvent[];
}

export interface AppendResult {
  /** The events as stored, in the order given; the ones stored earlier when the append is a repetition. */
  readonly events: readonly StoredEvent[];
  /** True when every event id had been appended before: nothing was written. */
  readonly repeated: boolean;
}

/**
 * A parameterised SQL statement that must commit together with the events (an owner's own tables). Not run again when the
 * append is a repetition. Adapters without SQL refuse it.
 */
export interface CompanionStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

export interface EventStore {
  /**
   * Appends to one or many streams, all or nothing.
   * Idempotent by event id: when all ids are stored already, answers with them and writes nothing.
   * @throws {WrongExpectedVersion} when a stream has moved; names expected, actual and the winning events.
   * @throws {MalformedAppend} when it can never succeed: no events, an id that is no UUID, data that is not JSON.
   * @throws {EventIdTaken} when some but not all ids are stored, or an id is stored in another stream.
   * @throws {StoreUnavailable} when the store cannot be reached.
   */
  append(streams: readonly StreamAppend[], companions?: readonly CompanionStatement[]): Promise<AppendResult>;

  /** A stream from `fromVersion` (default 1) in order; empty when it does not exist. */
  readStream(streamId: string, fromVersion?: number): Promise<readonly StoredEvent[]>;

  /**
   * Many streams in one round trip, each from its own version; a stream that does not exist maps to an empty list.
   * @param fromVersions in the order of `streamIds`; default: all from 1
   */
  readStreams(
    streamIds: readonly string[],
    fromVersions?: readonly number[],
  ): Promise<ReadonlyMap<string, readonly StoredEvent[]>>;

  /** Numbered events with position > `after`, in order, at most `limit`. Never skips a late commit. */
  readAll(after: Position, limit: number): Promise<readonly PositionedEvent[]>;

  /** The highest assigned position; 0n when nothing is numbered yet. */
  lastPosition(): Promise<Position>;
}
