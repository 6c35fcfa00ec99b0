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
import { diagnoseConflict, type PreviousHashes } from './diagnose-conflict.js';
import { findPreviousHashes } from './find-previous-hashes.js';
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
    const streams = batch.flatMap((pending) => pending.streams);
    const previousHashes = await findPreviousHashes(this.database, this.heads, streams);
    if (!previousHashes) return false;
    // One order for all processes, so that two batches which meet on several streams cannot wait for each other in a circle.
    const sealed = batch
      .map((pending) => ({ pending, sealed: seal(pending.streams, previousHashes) }))
      .sort((a, b) => compare(firstStream(a), firstStream(b)));
    const recordedAt = await this.#insert(sealed);
    if (recordedAt === undefined) return false;
    for (const append of sealed) append.pending.resolve(this.#appended(append.sealed, recordedAt));
    return true;
  }

  async #writeAlone(pending: PendingAppend): Promise<AppendResult> {
    const { streams } = pending;
    let conflict: unknown;
    let previousHashes = await findPreviousHashes(this.database, this.heads, streams);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      try {
        const sealed = previousHashes && seal(streams, previousHashes);
        const recordedAt = sealed && (await this.#insert([{ pending, sealed }]));
        if (sealed && recordedAt !== undefined) return this.#appended(sealed, recordedAt);
      } catch (error) {
        if (!isContention(error)) throw error;
        conflict = error;
      }
      const diagnosis = await diagnoseConflict(this.database, streams);
      if (diagnosis.kind === 'repetition') return diagnosis.result;
      previousHashes = diagnosis.previousHashes;
    }
    const streamIds = streams.map(({ streamId }) => streamId).join(', ');
    throw new StoreUnavailable(`append to ${streamIds} met other writers ${MAX_ATTEMPTS} times`, { cause: conflict });
  }

  async #insert(appends: readonly SealedAppend[]): Promise<string | undefined> {
    const insert = insertStatement(appends.flatMap(({ sealed }) => sealed));
    const companions = appends.flatMap(({ pending }) => pending.companions);
    if (companions.length === 0) return insertedAt((await this.database.query(insert.text, [...insert.values])).rows);
    if (appends.every(({ pending }) => pending.streams.every(({ expectedVersion }) => expectedVersion === 0))) {
      // New streams chain to nothing, so the insert cannot be in vain: it succeeds or fails, and takes the companions with it.
      const [rows = []] = await this.database.transactAtOnce([insert, ...companions]);
      return insertedAt(rows);
    }
    return insertedAt(await this.database.transact(insert, (rows) => insertedAt(rows) !== undefined, companions));
  }

  #appended(sealed: readonly SealedEvent[], recordedAt: string): AppendResult {
    const events = sealed.map(({ event }) => ({ ...event, recordedAt }));
    for (const event of events) this.heads.remember(event.streamId, event);
    this.onAppended();
    return { events, repeated: false };
  }
}

export function seal(streams: readonly StreamAppend[], previousHashes: PreviousHashes): SealedEvent[] {
  return streams.flatMap((stream) => sealAppend(stream, previousHashes.get(stream.streamId) ?? null));
}

const firstStream = ({ sealed }: SealedAppend): string => sealed[0]?.event.streamId ?? '';
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
