import type { Timestamp } from '@necrocode/domain';
import type { OwnTables } from '../tables/own-tables.js';
import { SCHEMA } from '../tables/schema.js';

/**
 * When the first task becomes due of those that were not yet due at `after`; null when there is none. It may be in the past by now:
 * asking what is due after *now* instead would overlook a task whose time came between the look and this question.
 */
export async function nextDueAt(tables: OwnTables, after: Timestamp): Promise<Timestamp | null> {
  const [row] = await tables.query<{ due: Date | null }>(
    `select min(not_before) as due from ${SCHEMA}.ready_task where not_before > $1`,
    [after],
  );
  return row?.due?.toISOString() ?? null;
}
