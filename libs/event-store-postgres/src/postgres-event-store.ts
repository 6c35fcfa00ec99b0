import DataLoader from 'dataloader';
import {
  type AppendResult,
  checkAppend,
  type CompanionStatement,
  type EventStore,
  type NewEvent,
  type Position,
  type PositionedEvent,
  type StoredEvent,
  type StreamAppend,
} from '@necrocode/event-store';
import { appendWithin } from './append/append-within.js';
import { Appender } from './append/appender.js';
import { ChainHeads } from './append/chain-heads.js';
import { GroupCommit, type GroupCommitLimits } from './append/group-commit.js';
import { archiveWithin, type StreamsToArchive } from './archive/archive-streams.js';
import { type ArchiveRecord, listArchives, type ReaderPlace, readReaders } from './archive/archives.js';
import { findTombstones, readTombstones, type Tombstone } from './archive/tombstones.js';
import { checkDurability } from './database/check-durability.js';
import { Database, type DatabaseOptions } from './database/database.js';
import type { SqlExecutor } from './database/sql-executor.js';
import { migrateEventStore } from './migrations/migrate.js';
import { backlogAfter, type StoreBacklog } from './read/backlog.js';
import { lastPosition, readAll } from './read/read-all.js';
import { readNumberedStreams, readStreams, readTails, type Tail } from './read/read-streams.js';
import { numberEvents } from './relay/numbering.js';
import { Relay, type RelayOptions } from './relay/relay.js';
import { type StreamVerification, verifyAllStreams } from './verify/verify-all-streams.js';
import { type NumberingFault, verifyNumbering } from './verify/verify-numbering.js';

export interface PostgresEventStoreOptions extends DatabaseOptions {
  /** Throws for an event that must not be stored; nothing of its append is. Default: every event may. */
  readonly check?: (streamId: string, event: NewEvent) => void;
  /** Called after every commit, to wake the relay. Must not throw. */
  readonly onAppended?: () => void;
  /** Told what an append has stored, once: not when it is a repetition, and not of `appendWithin`. Must not throw. */
  readonly onStored?: (events: readonly StoredEvent[]) => void;
  readonly groupCommit?: GroupCommitLimits;
}

/** The event store on PostgreSQL 15 or newer, schema `event_store`. */
export class PostgresEventStore implements EventStore {
  readonly #database: Database;
  readonly #heads = new ChainHeads();
  /** Reads of the same turn of the event loop are one statement: a hundred executions that end at once are looked up together. */
  readonly #tails = new DataLoader<Tail, readonly StoredEvent[]>((tails) => readTails(this.#database, tails), {
    cache: false,
    maxBatchSize: 500,
  });
  readonly #appends: GroupCommit;

  private constructor(
    database: Database,
    private readonly options: PostgresEventStoreOptions,
  ) {
    const { onAppended = () => undefined, groupCommit } = options;
    this.#database = database;
    const appender = new Appender(database, this.#heads, onAppended);
    this.#appends = new GroupCommit((batch) => appender.write(batch), groupCommit);
  }

  /**
   * Migrates the schema and opens the store. Close it to end its connections.
   * @throws {StoreUnavailable} when PostgreSQL cannot be reached
   * @throws {Error} when it is set up so that it would lose committed events
   */
  static async open(options: PostgresEventStoreOptions): Promise<PostgresEventStore> {
    const database = new Database(options);
    try {
      await checkDurability(database);
      await migrateEventStore(options.connectionString);
      return new PostgresEventStore(database, options);
    } catch (error) {
      await database.end();
      throw error;
    }
  }

  async append(
    streams: readonly StreamAppend[],
    companions: readonly CompanionStatement[] = [],
  ): Promise<AppendResult> {
    checkAppend(streams);
    this.#check(streams);
    const result = await this.#appends.append(streams, companions);
    if (!result.repeated) this.options.onStored?.(result.events);
    return result;
  }

  /**
   * Appends inside a transaction the caller has open. After its commit, call what `onAppended` calls: the store cannot know of it.
   * @throws {StoreUnavailable} also when another writer was at the same place in the same moment: roll back, run it again.
   */
  async appendWithin(transaction: SqlExecutor, streams: readonly StreamAppend[]): Promise<AppendResult> {
    this.#check(streams);
    return appendWithin(transaction, this.#database, streams);
  }

  #check(streams: readonly StreamAppend[]): void {
    const { check } = this.options;
    if (check) for (const { streamId, events } of streams) for (const event of events) check(streamId, event);
  }

  async readStream(streamId: string, fromVersion = 1): Promise<readonly StoredEvent[]> {
    const events = await this.#tails.load({ streamId, fromVersion });
    const last = events.at(-1);
    if (last) this.#heads.remember(streamId, last);
    return events;
  }

  async readStreams(
    streamIds: readonly string[],
    fromVersions?: readonly number[],
  ): Promise<ReadonlyMap<string, readonly StoredEvent[]>> {
    if (!fromVersions) return readStreams(this.#database, streamIds);
    const tails = streamIds.map((streamId, index) => ({ streamId, fromVersion: fromVersions[index] ?? 1 }));
    const read = await readTails(this.#database, tails);
    return new Map(streamIds.map((streamId, index) => [streamId, read[index] ?? []]));
  }

  async readAll(after: Position, limit: number): Promise<readonly PositionedEvent[]> {
    return readAll(this.#database, after, limit);
  }

  async lastPosition(): Promise<Position> {
    return lastPosition(this.#database);
  }

  /** What somebody who stands at this position has not read yet, for measuring. */
  async backlog(after: Position): Promise<StoreBacklog> {
    return backlogAfter(this.#database, after);
  }

  /** Numbers what is committed. The relay does this all the time; a tool that works without one calls it before it reads. */
  async number(): Promise<Position> {
    return numberEvents(this.#database);
  }

  /** Starts a relay with connections of its own, so that nothing this store does keeps it waiting. Stop it before the store is closed. */
  startRelay(options: RelayOptions): Relay {
    const applicationName = `${this.options.applicationName ?? 'necrocode'}-relay`;
    return new Relay(new Database({ ...this.options, maxConnections: 3, applicationName }), options);
  }

  /** Recomputes every hash chain, in order of stream ids; yields each stream, with the first event that does not fit. */
  verifyAllStreams(from?: string): AsyncGenerator<StreamVerification, void, undefined> {
    return verifyAllStreams(this.#database, from);
  }

  /** Numbered events that are gone, and positions never given; empty when all is well. */
  async verifyNumbering(): Promise<readonly NumberingFault[]> {
    return verifyNumbering(this.#database);
  }

  /** Many streams with the positions of their events, one stream behind the other: what an archive holds. */
  async readNumberedStreams(streamIds: readonly string[]): Promise<readonly PositionedEvent[]> {
    return readNumberedStreams(this.#database, streamIds);
  }

  /** Takes whole streams out of the store, inside a transaction the caller has open. @throws {NotArchived} */
  async archiveWithin(transaction: SqlExecutor, archive: StreamsToArchive): Promise<number> {
    return archiveWithin(transaction, archive);
  }

  /** The archives there are, oldest first. */
  async archives(): Promise<readonly ArchiveRecord[]> {
    return listArchives(this.#database);
  }

  /** Those of the streams that are archived. */
  async findTombstones(streamIds: readonly string[]): Promise<readonly Tombstone[]> {
    return findTombstones(this.#database, streamIds);
  }

  /** Of one archive, in order of stream ids. */
  async tombstones(archive: number): Promise<readonly Tombstone[]> {
    return readTombstones(this.#database, archive);
  }

  /** Everybody who reads the store in order, the slowest first. */
  async readers(): Promise<readonly ReaderPlace[]> {
    return readReaders(this.#database);
  }

  /** Ends the connections when the statements under way are answered. */
  async close(): Promise<void> {
    await this.#database.end();
  }
}
