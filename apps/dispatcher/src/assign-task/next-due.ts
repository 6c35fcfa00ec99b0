import type { OwnTables } from '../tables/own-tables.js';
import { SCHEMA } from '../tables/schema.js';

/** Milliseconds until the next task in back-off may be assigned; null when none is. By this process's clock, as claiming is. */
export async function nextDueInMs(tables: OwnTables, nowMs: number): Promise<number | null> {
  const [row] = await tables.query<{ due: string | null }>(
    `select (extract(epoch from min(not_before)) * 1000)::text as due from ${SCHEMA}.ready_task where not_before > $1`,
    [new Date(nowMs).toISOString()],
  );
  return row?.due ? Math.max(0, Number(row.due) - nowMs) : null;
}
