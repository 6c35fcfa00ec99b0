import type { StreamAppend } from '@necrocode/event-store';
import { intArray, textArray } from '../database/binary-array.js';
import type { SqlExecutor } from '../database/sql-executor.js';
import type { ChainHeads } from './chain-heads.js';
import type { PreviousHashes } from './diagnose-conflict.js';

const HASHES = /* sql */ `
  select head.stream_id, encode((
    select stored.hash from event_store.events stored
    where stored.stream_id = head.stream_id and stored.stream_version = head.stream_version), 'hex') as hash
  from unnest($1::text[], $2::int[]) as head (stream_id, stream_version)`;

/**
 * The hash each stream goes on from; undefined when one has not reached the expected version.
 * Asks the database only for what is not remembered.
 */
export async function findPreviousHashes(
  executor: SqlExecutor,
  heads: ChainHeads,
  streams: readonly StreamAppend[],
): Promise<PreviousHashes | undefined> {
  const found = new Map<string, string | null>();
  const unknown: StreamAppend[] = [];
  for (const stream of streams) {
    const hash = stream.expectedVersion === 0 ? null : heads.hashAt(stream.streamId, stream.expectedVersion);
    if (hash === undefined) unknown.push(stream);
    else found.set(stream.streamId, hash);
  }
  if (unknown.length === 0) return found;
  const { rows } = await executor.query(HASHES, [
    textArray(unknown.map(({ streamId }) => streamId)),
    intArray(unknown.map(({ expectedVersion }) => expectedVersion)),
  ]);
  // Cast: the columns are those of the statement above.
  for (const { stream_id, hash } of rows as { stream_id: string; hash: string | null }[])
    if (hash !== null) found.set(stream_id, `sha256:${hash}`);
  return found.size === streams.length ? found : undefined;
}
