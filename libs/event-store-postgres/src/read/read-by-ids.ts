import type { StoredEvent } from '@necrocode/event-store';
import { uuidArray } from '../database/binary-array.js';
import type { SqlExecutor } from '../database/sql-executor.js';
import { EVENT_COLUMNS, toStoredEvent } from './event-row.js';

const BY_IDS = /* sql */ `select ${EVENT_COLUMNS} from event_store.events e where e.event_id = any($1::uuid[])`;

export async function readByIds(
  executor: SqlExecutor,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredEvent>> {
  const { rows } = await executor.query(BY_IDS, [uuidArray(ids)]);
  return new Map(rows.map(toStoredEvent).map((event) => [event.id, event]));
}
