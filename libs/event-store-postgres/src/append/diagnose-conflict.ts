import {
  type AppendResult,
  type ChainHead,
  repetitionOf,
  type StreamAppend,
  StreamArchived,
  WrongExpectedVersion,
} from '@necrocode/event-store';
import { findTombstones } from '../archive/tombstones.js';
import { textArray } from '../database/binary-array.js';
import type { SqlExecutor } from '../database/sql-executor.js';
import { readByIds } from '../read/read-by-ids.js';
import { readStream } from '../read/read-streams.js';

const HEADS = /* sql */ `
  select given.stream_id, head.stream_version, encode(head.hash, 'hex') as hash
  from unnest($1::text[]) as given (stream_id) cross join lateral (
    select stored.stream_version, stored.hash from event_store.events stored
    where stored.stream_id = given.stream_id order by stored.stream_version desc limit 1
  ) as head`;

/** The hash each stream goes on from, by stream id; null for a new stream. */
export type PreviousHashes = ReadonlyMap<string, string | null>;

export type Diagnosis =
  | { readonly kind: 'repetition'; readonly result: AppendResult }
  /** Every stream stands at the version that is expected. */
  | { readonly kind: 'free'; readonly previousHashes: PreviousHashes };

/**
 * What stands in the way of an append, from what is stored now.
 * @throws {EventIdTaken} | {WrongExpectedVersion} | {StreamArchived}
 */
export async function diagnoseConflict(executor: SqlExecutor, streams: readonly StreamAppend[]): Promise<Diagnosis> {
  const ids = streams.flatMap(({ events }) => events.map(({ id }) => id));
  const events = repetitionOf(streams, await readByIds(executor, ids));
  if (events) return { kind: 'repetition', result: { events, repeated: true } };
  const heads = await readHeads(executor, streams);
  for (const { streamId, expectedVersion } of streams) {
    const actualVersion = heads.get(streamId)?.streamVersion ?? 0;
    if (actualVersion === expectedVersion) continue;
    if (actualVersion === 0) await refuseArchived(executor, streamId);
    const winners = await readStream(executor, streamId, expectedVersion + 1);
    throw new WrongExpectedVersion(streamId, expectedVersion, winners.at(-1)?.streamVersion ?? actualVersion, winners);
  }
  const previousHashes = new Map(streams.map(({ streamId }) => [streamId, heads.get(streamId)?.hash ?? null]));
  return { kind: 'free', previousHashes };
}

async function refuseArchived(executor: SqlExecutor, streamId: string): Promise<void> {
  const [tombstone] = await findTombstones(executor, [streamId]);
  if (tombstone) throw new StreamArchived(streamId, tombstone.archive);
}

async function readHeads(
  executor: SqlExecutor,
  streams: readonly StreamAppend[],
): Promise<ReadonlyMap<string, ChainHead>> {
  const { rows } = await executor.query(HEADS, [textArray(streams.map(({ streamId }) => streamId))]);
  // Cast: the columns are those of the statement above.
  const heads = rows as { stream_id: string; stream_version: number; hash: string }[];
  return new Map(
    heads.map(({ stream_id, stream_version, hash }) => [
      stream_id,
      { streamVersion: stream_version, hash: `sha256:${hash}` },
    ]),
  );
}
