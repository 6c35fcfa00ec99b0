import type { Position, PositionedEvent } from '@necrocode/event-store';
import type { Database } from '../database/database.js';
import type { SqlExecutor } from '../database/sql-executor.js';
import { allStatement, toEvents } from '../read/read-all.js';

const NUMBER = { text: 'select event_store.number_events()::text as position', values: [] };

/**
 * Gives every committed event its position; durable when this returns. Safe to call from anywhere, any number at once.
 * @returns the last position given
 */
export async function numberEvents(executor: SqlExecutor): Promise<Position> {
  return toPosition((await executor.query(NUMBER.text, [])).rows);
}

/** Numbers, then reads what stands behind `after`: sent together, so one round trip and no delay between the two. */
export async function numberAndRead(database: Database, after: Position, limit: number): Promise<PositionedEvent[]> {
  const [, events = []] = await database.pipeline([NUMBER, allStatement(after, limit)]);
  return toEvents(events);
}

function toPosition(rows: readonly unknown[]): Position {
  // Cast: the columns are those of the statement above.
  const [row] = rows as { position: string }[];
  return BigInt(row?.position ?? 0);
}
