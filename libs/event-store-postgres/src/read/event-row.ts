import type { EventMetadata, PositionedEvent, StoredEvent } from '@necrocode/event-store';

/** Select list over `event_store.events e`. Everything is text or int4, so it reads the same through any client and any type parsers. */
export const EVENT_COLUMNS = /* sql */ `
  e.event_id::text as id, e.stream_id, e.stream_version, e.type, e.schema_version, e.data::text as data,
  e.metadata::text as metadata, encode(e.hash, 'hex') as hash, encode(e.previous_hash, 'hex') as previous_hash,
  (e.recorded_at at time zone 'UTC')::text as recorded_at`;

interface EventRow {
  readonly id: string;
  readonly stream_id: string;
  readonly stream_version: number;
  readonly type: string;
  readonly schema_version: number;
  readonly data: string;
  readonly metadata: string;
  readonly hash: string;
  readonly previous_hash: string | null;
  readonly recorded_at: string;
}

/** @param row a row of `EVENT_COLUMNS` */
export function toStoredEvent(row: unknown): StoredEvent {
  // Cast: the statement selected EVENT_COLUMNS, and only this package writes the table.
  const event = row as EventRow;
  return {
    id: event.id,
    type: event.type,
    schemaVersion: event.schema_version,
    data: JSON.parse(event.data) as unknown,
    metadata: JSON.parse(event.metadata) as EventMetadata,
    streamId: event.stream_id,
    streamVersion: event.stream_version,
    recordedAt: toRfc3339(event.recorded_at),
    hash: `sha256:${event.hash}`,
    previousHash: event.previous_hash === null ? null : `sha256:${event.previous_hash}`,
  };
}

/** @param row a row of `EVENT_COLUMNS` and `p.position::text` */
export function toPositionedEvent(row: unknown): PositionedEvent {
  const { position } = row as { position: string };
  return { ...toStoredEvent(row), position: BigInt(position) };
}

/** PostgreSQL's `2026-01-02 03:04:05.678` in UTC. */
export function toRfc3339(timestamp: string): string {
  return `${timestamp.slice(0, 10)}T${timestamp.slice(11)}Z`;
}
