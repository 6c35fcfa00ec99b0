import type { Position, PositionedEvent } from '@necrocode/event-store';
import type { SqlExecutor, SqlStatement } from '../database/sql-executor.js';
import { EVENT_COLUMNS, toPositionedEvent } from './event-row.js';

const ALL = /* sql */ `
  select ${EVENT_COLUMNS}, p.position::text as position
  from event_store.positions p join event_store.events e using (sequence)
  where p.position > $1 order by p.position limit $2`;

const LAST = 'select last_position::text as position from event_store.numbering';

export function allStatement(after: Position, limit: number): SqlStatement {
  return { text: ALL, values: [after.toString(), limit] };
}

/** @param rows of `allStatement` */
export function toEvents(rows: readonly unknown[]): PositionedEvent[] {
  return rows.map(toPositionedEvent);
}

export async function readAll(executor: SqlExecutor, after: Position, limit: number): Promise<PositionedEvent[]> {
  const { text, values } = allStatement(after, limit);
  return toEvents((await executor.query(text, [...values])).rows);
}

export async function lastPosition(executor: SqlExecutor): Promise<Position> {
  const { rows } = await executor.query(LAST, []);
  // Cast: the columns are those of the statement above.
  const [row] = rows as { position: string }[];
  if (!row) throw new Error('event_store.numbering has no row: the schema was not migrated');
  return BigInt(row.position);
}
