import { type AppendResult, repetitionOf, type StreamAppend, WrongExpectedVersion } from '@necrocode/event-store';
import { textArray } from '../database/binary-array.js';
import type { SqlExecutor } from '../database/sql-executor.js';
import { readByIds } from '../read/read-by-ids.js';
import { readStream } from '../read/read-streams.js';

const VERSIONS = /* sql */ `
  select given.stream_id, coalesce((
    select max(stored.stream_version) from event_store.events stored where stored.stream_id = given.stream_id), 0) as version
  from unnest($1::text[]) as given (stream_id)`;

/**
 * Why an append could not be written, from what is stored now.
 * @returns the earlier answer when it is a repetition; undefined when nothing stands in its way any more
 * @throws {EventIdTaken} | {WrongExpectedVersion}
 */
export async function diagnoseConflict(
  executor: SqlExecutor,
  streams: readonly StreamAppend[],
): Promise<AppendResult | undefined> {
  const ids = streams.flatMap(({ events }) => events.map(({ id }) => id));
  const events = repetitionOf(streams, await readByIds(executor, ids));
  if (events) return { events, repeated: true };
  const versions = await readVersions(executor, streams);
  for (const { streamId, expectedVersion } of streams) {
    const actualVersion = versions.get(streamId) ?? 0;
    if (actualVersion === expectedVersion) continue;
    const winners = await readStream(executor, streamId, expectedVersion + 1);
    throw new WrongExpectedVersion(
      streamId,
      expectedVersion,
      Math.max(actualVersion, winners.at(-1)?.streamVersion ?? 0),
      winners,
    );
  }
  return undefined;
}

async function readVersions(
  executor: SqlExecutor,
  streams: readonly StreamAppend[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await executor.query(VERSIONS, [textArray(streams.map(({ streamId }) => streamId))]);
  // Cast: the columns are those of the statement above.
  return new Map(
    (rows as { stream_id: string; version: number }[]).map(({ stream_id, version }) => [stream_id, version]),
  );
}
