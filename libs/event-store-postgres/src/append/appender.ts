import {
  type AppendResult,
  type SealedEvent,
  sealAppend,
  StoreUnavailable,
  type StreamAppend,
} from '@necrocode/event-store';
import type { Database } from '../database/database.js';
import { isContention } from '../database/database-errors.js';
import type { ChainHeads } from './chain-heads.js';
import { diagnoseConflict } from './diagnose-conflict.js';
import { findHeads } from './find-heads.js';
import type { PendingAppend } from './group-commit.js';
import { insertedAt, insertStatement } from './insert-events.js';

/** How often an append may find its way free again after a conflict (a rolled-back writer, a deadlock) before it gives up. */
const MAX_ATTEMPTS = 5;

interface SealedAppend {
  readonly pending: PendingAppend;
  readonly sealed: readonly SealedEvent[];
}

/** Writes batches of appends. What is wrong with one is found out alone and never fails the others. */
export class Appender {
  constructor(
    private readonly database: Database,
    private readonly heads: ChainHeads,
    private readonly onAppended: () => void,
  ) {}

  /** Settles every append of the batch. Never throws. */
  async write(batch: readonly PendingAppend[]): Promise<void> {
    try {
      if (batch.length > 1 && (await this.#writeTogether(batch))) return;
    } catch (error) {
      if (error instanceof StoreUnavailable) {
        for (const pending of batch) pending.reject(error);
        return;
      }
    }
    await Promise.all(batch.map((pending) => this.#writeAlone(pending).then(pending.resolve, pending.reject)));
  }

  /** @returns false when something stood in the way: nothing was written */
  async #writeTogether(batch: readonly PendingAppend[]): Promise<boolean> {
    const heads = await this.#headsOf(batch.flatMap(({ streams }) => streams));
    if (!heads) return false;
    // One order for all processes, so that two batches which meet on several streams cannot wait for each other in a circle.
    const sealed = batch
      .map((pending) => ({ pending, sealed: seal(pending.streams, heads) }))
      .sort((a, b) => compare(firstStream(a), firstStream(b)));
    const recordedAt = await this.#insert(sealed);
    if (recordedAt === undefined) return false;
    for (const append of sealed) append.pending.resolve(this.#appended(append.sealed, recordedAt));
    return true;
  }

  async #writeAlone(pending: PendingAppend): Promise<AppendResult> {
    let conflict: unknown;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      try {
        const heads = await this.#headsOf(pending.streams);
        if (heads) {
          const sealed = seal(pending.streams, heads);
          const recordedAt = await this.#insert([{ pending, sealed }]);
          if (recordedAt !== undefined) return this.#appended(sealed, recordedAt);
        }
      } catch (error) {
        if (!isContention(error)) throw error;
        conflict = error;
      }
      for (const { streamId } of pending.streams) this.heads.forget(streamId);
      const earlier = await diagnoseConflict(this.database, pending.streams);
      if (earlier) return earlier;
    }
    const streamIds = pending.streams.map(({ streamId }) => streamId).join(', ');
    throw new StoreUnavailable(`append to ${streamIds} met other writers ${MAX_ATTEMPTS} times`, { cause: conflict });
  }

  /** @returns undefined when a stream has not reached the version it is expected at */
  async #headsOf(streams: readonly StreamAppend[]): Promise<ReadonlyMap<string, string | null> | undefined> {
    const heads = await findHeads(this.database, this.heads, streams);
    return heads.size === streams.length ? heads : undefined;
  }

  async #insert(appends: readonly SealedAppend[]): Promise<string | undefined> {
    const insert = insertStatement(appends.flatMap(({ sealed }) => sealed));
    const companions = appends.flatMap(({ pending }) => pending.companions);
    if (companions.length === 0) return insertedAt((await this.database.query(insert.text, [...insert.values])).rows);
    return insertedAt(await this.database.transact(insert, (rows) => insertedAt(rows) !== undefined, companions));
  }

  #appended(sealed: readonly SealedEvent[], recordedAt: string): AppendResult {
    const events = sealed.map(({ event }) => ({ ...event, recordedAt }));
    for (const event of events) this.heads.remember(event.streamId, event);
    this.onAppended();
    return { events, repeated: false };
  }
}

export function seal(streams: readonly StreamAppend[], heads: ReadonlyMap<string, string | null>): SealedEvent[] {
  return streams.flatMap((stream) => sealAppend(stream, heads.get(stream.streamId) ?? null));
}

const firstStream = ({ sealed }: SealedAppend): string => sealed[0]?.event.streamId ?? '';
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
