import { StoreUnavailable, StreamArchived } from '@necrocode/event-store';
import pg from 'pg';

/** SQLSTATEs that pass by themselves: lost connections, shutdown, no resources, a cancelled statement, a standby after a fail-over. */
const PASSING = /^(08|53|57|25006|55P03)/;
/** Somebody else's transaction was in the way: unique key, serialisation failure, deadlock. */
const CONTENTION = new Set(['23505', '40001', '40P01']);

/** Raised by `event_store.refuse_archived`. */
const ARCHIVED = 'NCA01';

function streamArchived(error: Error): unknown {
  if (!(error instanceof pg.DatabaseError) || error.detail === undefined) return error;
  // Cast: the detail is the one of that function.
  const { streamId, archive } = JSON.parse(error.detail) as { streamId: string; archive: number };
  return new StreamArchived(streamId, archive);
}

export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/** The append met another one; whether it lost is to be looked up. A companion's own unique keys do not count. */
export function isContention(error: unknown): boolean {
  const state = sqlState(error);
  if (state === undefined || !CONTENTION.has(state)) return false;
  return state !== '23505' || (error instanceof pg.DatabaseError && error.schema === 'event_store');
}

/** Anything the server answered left the connection usable, except the passing faults; anything else (a socket error, a time-out) did not. */
export function breaksConnection(error: unknown): boolean {
  const state = sqlState(error);
  return state === undefined || /^(08|57)/.test(state);
}

/** The error as the port knows it: passing faults become StoreUnavailable, all others stay what they are. */
export function asStoreError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailable) return error;
  const state = sqlState(error);
  if (state === ARCHIVED) return streamArchived(error);
  if (state === undefined ? !isConnectionError(error) : !PASSING.test(state)) return error;
  return new StoreUnavailable(
    `PostgreSQL cannot be reached or refused for a passing reason: ${error.message || state}`,
    {
      cause: error,
    },
  );
}

/** What pg raises without an SQLSTATE: errors of the socket carry an errno code, its own only a text. */
function isConnectionError(error: Error): boolean {
  if ('code' in error && typeof error.code === 'string' && 'syscall' in error) return true;
  if (error instanceof AggregateError)
    return error.errors.some((inner) => inner instanceof Error && isConnectionError(inner));
  return /^(Connection terminated|Client has encountered a connection error|Query read timeout|timeout e|Client was closed|Cannot use a pool)/.test(
    error.message,
  );
}
