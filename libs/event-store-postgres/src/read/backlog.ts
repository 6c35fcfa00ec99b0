import type { Position } from '@necrocode/event-store';
import type { SqlExecutor } from '../database/sql-executor.js';

/** What somebody who stands at a position has not read yet, numbered or not. */
export interface StoreBacklog {
  readonly events: number;
  /** Age of the oldest of them, seconds, by the database's clock; 0 when there is none. */
  readonly oldestSeconds: number;
  /** Since the oldest open transaction of this database began, seconds; only what this role may see. */
  readonly oldestTransactionSeconds: number;
}

/** Positions have no gaps, so what is numbered is counted by subtraction; what is not is few, or the relay is gone. */
const BACKLOG = /* sql */ `
with state as (select * from event_store.numbering),
fresh as (
  select event.recorded_at
  from state, event_store.newly_committed(state.snapshot, state.base_sequence) as committed (sequence)
  join event_store.events event on event.sequence = committed.sequence
),
oldest as (
  (select event.recorded_at
     from event_store.positions numbered join event_store.events event on event.sequence = numbered.sequence
     where numbered.position > $1 order by numbered.position limit 1)
  union all
  select min(recorded_at) from fresh
)
select
  (greatest(0, state.last_position - $1) + (select count(*) from fresh))::text as events,
  coalesce(extract(epoch from clock_timestamp() - (select min(recorded_at) from oldest)), 0)::double precision as oldest,
  coalesce(
    (select extract(epoch from clock_timestamp() - min(xact_start)) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()),
    0)::double precision as transaction
from state`;

/** @param after where the reader stands: everything up to it is read */
export async function backlogAfter(executor: SqlExecutor, after: Position): Promise<StoreBacklog> {
  const { rows } = await executor.query(BACKLOG, [after.toString()]);
  // Cast: the columns are those of the statement above.
  const [row] = rows as { events: string; oldest: number; transaction: number }[];
  return {
    events: Number(row?.events ?? 0),
    oldestSeconds: Math.max(0, row?.oldest ?? 0),
    oldestTransactionSeconds: Math.max(0, row?.transaction ?? 0),
  };
}
