import {
  type AppendResult,
  checkAppend,
  StoreUnavailable,
  type StreamAppend,
  WrongExpectedVersion,
} from '@necrocode/event-store';
import { asStoreError, isContention } from '../database/database-errors.js';
import type { SqlExecutor } from '../database/sql-executor.js';
import { seal } from './appender.js';
import { diagnoseConflict } from './diagnose-conflict.js';
import { insertedAt, insertStatement } from './insert-events.js';

/**
 * Appends inside a transaction the caller has open; the events exist when that commits.
 * Repetitions and older versions are found before anything is written, so the caller's transaction stays usable. Only a writer
 * at the very same moment makes it fail in PostgreSQL too: then the transaction must be rolled back, and may be run again.
 * @param transaction read committed, PostgreSQL's default
 * @param outside answers outside that transaction, where a failed one says nothing any more
 */
export async function appendWithin(
  transaction: SqlExecutor,
  outside: SqlExecutor,
  streams: readonly StreamAppend[],
): Promise<AppendResult> {
  checkAppend(streams);
  try {
    const diagnosis = await diagnoseConflict(transaction, streams);
    if (diagnosis.kind === 'repetition') return diagnosis.result;
    const sealed = seal(streams, diagnosis.previousHashes);
    const { text, values } = insertStatement(sealed);
    const recordedAt = insertedAt((await transaction.query(text, [...values])).rows);
    if (recordedAt === undefined) throw raced(streams, undefined);
    return { events: sealed.map(({ event }) => ({ ...event, recordedAt })), repeated: false };
  } catch (error) {
    if (!isContention(error)) throw asStoreError(error);
    return throwConflict(outside, streams, error);
  }
}

async function throwConflict(outside: SqlExecutor, streams: readonly StreamAppend[], cause: unknown): Promise<never> {
  try {
    await diagnoseConflict(outside, streams);
  } catch (conflict) {
    if (conflict instanceof WrongExpectedVersion) throw conflict;
  }
  throw raced(streams, cause);
}

function raced(streams: readonly StreamAppend[], cause: unknown): StoreUnavailable {
  const streamIds = streams.map(({ streamId }) => streamId).join(', ');
  return new StoreUnavailable(`append to ${streamIds} met another writer: roll back and run the transaction again`, {
    cause,
  });
}
