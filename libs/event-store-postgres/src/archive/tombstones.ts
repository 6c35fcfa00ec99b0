import type { SqlExecutor } from '../database/sql-executor.js';

/** What is left in the store of a stream that was archived. */
export interface Tombstone {
  readonly streamId: string;
  /** Number of the archive that holds it. */
  readonly archive: number;
  readonly lastVersion: number;
  /** Of its last event: what the archive has to end with. */
  readonly lastHash: string;
}

const COLUMNS = /* sql */ `stream_id, archive, last_version, encode(last_hash, 'hex') as last_hash`;
const BY_STREAM = /* sql */ `select ${COLUMNS} from event_store.archived_streams where stream_id = any($1::text[])`;
const BY_ARCHIVE = /* sql */ `
  select ${COLUMNS} from event_store.archived_streams where archive = $1 order by stream_id`;

/** Those of the streams that are archived. */
export async function findTombstones(
  executor: SqlExecutor,
  streamIds: readonly string[],
): Promise<readonly Tombstone[]> {
  return tombstonesOf((await executor.query(BY_STREAM, [streamIds])).rows);
}

/** Those of one archive, in order of stream ids. */
export async function readTombstones(executor: SqlExecutor, archive: number): Promise<readonly Tombstone[]> {
  return tombstonesOf((await executor.query(BY_ARCHIVE, [archive])).rows);
}

function tombstonesOf(rows: readonly unknown[]): readonly Tombstone[] {
  // Cast: the columns are those of the statements above.
  return (rows as { stream_id: string; archive: number; last_version: number; last_hash: string }[]).map((row) => ({
    streamId: row.stream_id,
    archive: row.archive,
    lastVersion: row.last_version,
    lastHash: `sha256:${row.last_hash}`,
  }));
}
