import type { SealedEvent, StoredEvent } from '@necrocode/event-store';
import type { SqlStatement } from '../database/sql-executor.js';
import { hexArray, intArray, textArray, uuidArray } from '../database/binary-array.js';
import { toRfc3339 } from '../read/event-row.js';

/**
 * All rows or none: the unique keys refuse a taken version or id, and the count compares every head the caller chained to with
 * what is stored, so that no row can stand behind a gap or on a wrong hash. `order by` makes sequence numbers follow the order given.
 */
const INSERT = /* sql */ `
  with appended as (
    insert into event_store.events
      (stream_id, stream_version, event_id, type, schema_version, data, metadata, hash, previous_hash)
    select stream_id, stream_version, event_id, type, schema_version, data, metadata, hash, previous_hash
    from unnest($1::text[], $2::int[], $3::uuid[], $4::text[], $5::int[], $6::json[], $7::json[], $8::bytea[], $9::bytea[])
      with ordinality as given
      (stream_id, stream_version, event_id, type, schema_version, data, metadata, hash, previous_hash, ordinal)
    where cardinality($10::text[]) = (
      select count(*) from unnest($10::text[], $11::int[], $12::bytea[]) as head (stream_id, stream_version, hash)
      where head.hash = (
        select stored.hash from event_store.events stored
        where stored.stream_id = head.stream_id and stored.stream_version = head.stream_version
      )
    )
    order by ordinal
    returning 1
  )
  select count(*)::int as appended, (statement_timestamp() at time zone 'UTC')::text as recorded_at from appended`;

/** One multi-row INSERT of whole appends. */
export function insertStatement(sealed: readonly SealedEvent[]): SqlStatement {
  const events = sealed.map(({ event }) => event);
  const heads = headsOf(events);
  return {
    text: INSERT,
    values: [
      textArray(events.map((event) => event.streamId)),
      intArray(events.map((event) => event.streamVersion)),
      uuidArray(events.map((event) => event.id)),
      textArray(events.map((event) => event.type)),
      intArray(events.map((event) => event.schemaVersion)),
      textArray(
        sealed.map(({ data }) => data),
        'json',
      ),
      textArray(
        sealed.map(({ metadata }) => metadata),
        'json',
      ),
      hexArray(events.map(({ hash }) => digits(hash))),
      hexArray(events.map(({ previousHash }) => previousHash && digits(previousHash))),
      textArray(heads.map((head) => head.streamId)),
      intArray(heads.map((head) => head.streamVersion - 1)),
      hexArray(heads.map(({ previousHash }) => previousHash && digits(previousHash))),
    ],
  };
}

/** @returns when the rows were recorded, or undefined when a head was not as given and nothing was written */
export function insertedAt(rows: readonly unknown[]): string | undefined {
  // Cast: the columns are those of INSERT.
  const [row] = rows as { appended: number; recorded_at: string }[];
  return row && row.appended > 0 ? toRfc3339(row.recorded_at) : undefined;
}

/** The first event of each stream, where it goes on from an earlier one. */
function headsOf(events: readonly Omit<StoredEvent, 'recordedAt'>[]): readonly Omit<StoredEvent, 'recordedAt'>[] {
  return events.filter(
    ({ streamId, streamVersion }, index) => streamVersion > 1 && events[index - 1]?.streamId !== streamId,
  );
}

const digits = (hash: string): string => hash.slice('sha256:'.length);
