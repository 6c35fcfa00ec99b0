import type { PositionedEvent } from '@necrocode/event-store';
import { KnownRows } from './known-rows.js';
import { type Queryable, type RowsSchema, saveParts } from './row-store.js';

/** Projects events, in store order, into the tables of a schema: two looks and one statement, in the caller's transaction. */
export async function projectEvents(
  tx: Queryable,
  schema: RowsSchema,
  events: readonly PositionedEvent[],
): Promise<void> {
  const { parts, values } = saveParts(schema, await new KnownRows().apply(tx, schema, events));
  if (parts.length > 0) await tx.query(`with ${parts.join(', ')} select`, values);
}
