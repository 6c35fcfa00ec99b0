import type { Position } from '@necrocode/event-store';
import type { SqlExecutor } from '../database/sql-executor.js';
import { toRfc3339 } from '../read/event-row.js';

/** An archive whose streams have left the store. */
export interface ArchiveRecord {
  /** From 1, without gaps. */
  readonly number: number;
  /** `sha256:<hex>` of its manifest, which names the one before it: the archives are a chain. */
  readonly manifestHash: string;
  readonly streams: number;
  readonly events: number;
  readonly archivedAt: string;
}

/** How far somebody is who reads the store in order. */
export interface ReaderPlace {
  /** `<schema>.<name>` */
  readonly reader: string;
  readonly position: Position;
}

const LIST = /* sql */ `
  select number, encode(manifest_hash, 'hex') as manifest_hash, streams, events,
    (archived_at at time zone 'UTC')::text as archived_at
  from event_store.archives order by number`;
const READERS = 'select reader, position::text as position from event_store.readers() order by readers.position';

/** All there are, oldest first. */
export async function listArchives(executor: SqlExecutor): Promise<readonly ArchiveRecord[]> {
  const { rows } = await executor.query(LIST, []);
  // Cast: the columns are those of the statement above.
  return (rows as ArchiveRow[]).map((row) => ({
    number: row.number,
    manifestHash: `sha256:${row.manifest_hash}`,
    streams: row.streams,
    events: row.events,
    archivedAt: toRfc3339(row.archived_at),
  }));
}

interface ArchiveRow {
  readonly number: number;
  readonly manifest_hash: string;
  readonly streams: number;
  readonly events: number;
  readonly archived_at: string;
}

/** Everybody who reads the store in order, the slowest first. Nothing is archived that one of them has not passed. */
export async function readReaders(executor: SqlExecutor): Promise<readonly ReaderPlace[]> {
  const { rows } = await executor.query(READERS, []);
  // Cast: the columns are those of the statement above.
  return (rows as { reader: string; position: string }[]).map(({ reader, position }) => ({
    reader,
    position: BigInt(position),
  }));
}
