import type { PositionedEvent, StoredEvent } from '@necrocode/event-store';
import type { SqlExecutor } from '../database/sql-executor.js';
import { EVENT_COLUMNS, toPositionedEvent, toStoredEvent } from './event-row.js';

const ONE_STREAM = /* sql */ `
  select ${EVENT_COLUMNS} from event_store.events e
  where e.stream_id = $1 and e.stream_version >= $2
  order by e.stream_version`;

const MANY_STREAMS = /* sql */ `
  select ${EVENT_COLUMNS} from event_store.events e
  where e.stream_id = any($1::text[])
  order by e.stream_id, e.stream_version`;

const TAILS = /* sql */ `
  select ${EVENT_COLUMNS}, wanted.place::int as place
  from unnest($1::text[], $2::int[]) with ordinality as wanted (stream_id, from_version, place)
  join event_store.events e on e.stream_id = wanted.stream_id and e.stream_version >= wanted.from_version
  order by wanted.place, e.stream_version`;

const NUMBERED_STREAMS = /* sql */ `
  select ${EVENT_COLUMNS}, p.position::text as position
  from event_store.events e join event_store.positions p using (sequence)
  where e.stream_id = any($1::text[])
  order by e.stream_id, e.stream_version`;

export async function readStream(executor: SqlExecutor, streamId: string, fromVersion: number): Promise<StoredEvent[]> {
  const { rows } = await executor.query(ONE_STREAM, [streamId, fromVersion]);
  return rows.map(toStoredEvent);
}

export async function readStreams(
  executor: SqlExecutor,
  streamIds: readonly string[],
): Promise<ReadonlyMap<string, readonly StoredEvent[]>> {
  const streams = new Map<string, StoredEvent[]>(streamIds.map((streamId) => [streamId, []]));
  const { rows } = await executor.query(MANY_STREAMS, [[...streams.keys()]]);
  for (const row of rows) {
    const event = toStoredEvent(row);
    streams.get(event.streamId)?.push(event);
  }
  return streams;
}

/** A stream from a version on. */
export interface Tail {
  readonly streamId: string;
  readonly fromVersion: number;
}

/** @returns the events of each, in the order of the question */
export async function readTails(executor: SqlExecutor, tails: readonly Tail[]): Promise<readonly StoredEvent[][]> {
  const [only, ...others] = tails;
  if (only && others.length === 0) return [await readStream(executor, only.streamId, only.fromVersion)];
  const streamIds = tails.map(({ streamId }) => streamId);
  const fromVersions = tails.map(({ fromVersion }) => fromVersion);
  const { rows } = await executor.query(TAILS, [streamIds, fromVersions]);
  const read = tails.map((): StoredEvent[] => []);
  // Cast: the statement selected it.
  for (const row of rows) read[(row as { place: number }).place - 1]?.push(toStoredEvent(row));
  return read;
}

/** Many streams with the positions of their events, one stream behind the other; what is not numbered yet is left out. */
export async function readNumberedStreams(
  executor: SqlExecutor,
  streamIds: readonly string[],
): Promise<readonly PositionedEvent[]> {
  return (await executor.query(NUMBERED_STREAMS, [streamIds])).rows.map(toPositionedEvent);
}
