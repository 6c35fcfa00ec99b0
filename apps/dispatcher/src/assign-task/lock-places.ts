import type { OpenRunner, RunnerId } from '@necrocode/domain';
import { PASS } from '../pause-queue/assignment-gate.js';
import type { OpenTransaction } from '../tables/own-tables.js';
import { SCHEMA } from '../tables/schema.js';

/** Of the row `runner`. */
export const OFFERED_POOLS = `array(
  select distinct pool from ${SCHEMA}.slot where slot.runner_id = runner.runner_id and slot.slot_id = any(runner.slot_ids))`;

const OPEN = `from ${SCHEMA}.runner where status in ('ready', 'draining')
  and capacity > (select count(*) from ${SCHEMA}.assignment where assignment.runner_id = runner.runner_id)`;

/**
 * Runners with places left, locked until the transaction ends: nobody else counts or fills these places meanwhile.
 * Two statements, because the second must see what was assigned by whoever the first had to wait for.
 */
export async function lockPlaces(transaction: OpenTransaction): Promise<readonly OpenRunner[]> {
  const locked = await transaction.query(
    `with gate as materialized (select ${PASS})
     select runner_id ${OPEN} and exists (select from gate) order by runner_id for no key update`,
    [],
  );
  if (locked.rows.length === 0) return [];
  // Casts here and below: the columns are those of the statements.
  const runnerIds = (locked.rows as { runner_id: RunnerId }[]).map((row) => row.runner_id);
  const { rows } = await transaction.query(
    `select runner_id as "runnerId", slot_ids as "slotIds", handlers, status = 'ready' as "takesNewJobs", ${OFFERED_POOLS} as "slotPools", capacity - (
       select count(*)::int from ${SCHEMA}.assignment where assignment.runner_id = runner.runner_id) as free
     ${OPEN} and runner_id = any($1::text[]) order by runner_id`,
    [runnerIds],
  );
  return rows as OpenRunner[];
}
