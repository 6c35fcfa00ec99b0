import { asStoreError, sqlState } from '../database/database-errors.js';
import type { SqlExecutor } from '../database/sql-executor.js';

/** Streams that stand in an archive, and what each of them ends with there. */
export interface StreamsToArchive {
  readonly number: number;
  readonly manifestHash: string;
  /** Of the archive before it; null for the first. */
  readonly previous: string | null;
  readonly streams: readonly { readonly streamId: string; readonly lastVersion: number; readonly lastHash: string }[];
}

/** Why streams stay in the store. */
export type ArchiveRefusal =
  /** The archive does not hold what the store holds: it was made before something happened. */
  | 'outdated'
  /** It does not follow the last archive there is. */
  | 'out-of-order'
  /** Somebody who reads the store in order has not passed the events yet. */
  | 'behind';

/** Nothing was removed. Roll back. */
export class NotArchived extends Error {
  override readonly name = 'NotArchived';
  constructor(
    readonly refusal: ArchiveRefusal,
    /** What stands in the way. */
    readonly what: string,
    options: ErrorOptions,
  ) {
    super(`nothing was archived (${refusal}): ${what}`, options);
  }
}

const ARCHIVE = /* sql */ `
  select event_store.archive_streams($1, decode($2, 'hex'), decode($3, 'hex'), $4, $5,
    array(select decode(hash, 'hex') from unnest($6::text[]) with ordinality as given (hash, place) order by place)) as events`;

const REFUSALS: ReadonlyMap<string | undefined, ArchiveRefusal> = new Map([
  ['NCA02', 'outdated'],
  ['NCA03', 'out-of-order'],
  ['NCA04', 'behind'],
]);

/**
 * Takes whole streams out of the store, inside a transaction the caller has open; tombstones stay. What may not go is refused by the
 * database itself: docs/adr/0139.
 * @returns how many events have left
 * @throws {NotArchived}
 */
export async function archiveWithin(transaction: SqlExecutor, archive: StreamsToArchive): Promise<number> {
  const { number, manifestHash, previous, streams } = archive;
  try {
    const { rows } = await transaction.query(ARCHIVE, [
      number,
      digits(manifestHash),
      previous === null ? null : digits(previous),
      streams.map(({ streamId }) => streamId),
      streams.map(({ lastVersion }) => lastVersion),
      streams.map(({ lastHash }) => digits(lastHash)),
    ]);
    // Cast: the column is that of the statement above.
    return (rows as { events: number }[])[0]?.events ?? 0;
  } catch (error) {
    const refusal = REFUSALS.get(sqlState(error));
    if (refusal === undefined) throw asStoreError(error);
    throw new NotArchived(refusal, whatOf(error), { cause: error });
  }
}

function whatOf(error: unknown): string {
  if (error instanceof Error && 'detail' in error && typeof error.detail === 'string') return error.detail;
  return error instanceof Error ? error.message : String(error);
}

const digits = (hash: string): string => hash.slice('sha256:'.length);
