import type { Position } from '@necrocode/event-store';
import type { SqlExecutor } from '../database/sql-executor.js';

const NUMBER = 'select event_store.number_events()::text as position';

/**
 * Gives every committed event its position; durable when this returns. Safe to call from anywhere, any number at once.
 * @returns the last position given
 */
export async function numberEvents(executor: SqlExecutor): Promise<Position> {
  const { rows } = await executor.query(NUMBER, []);
  // Cast: the columns are those of the statement above.
  const [row] = rows as { position: string }[];
  return BigInt(row?.position ?? 0);
}
