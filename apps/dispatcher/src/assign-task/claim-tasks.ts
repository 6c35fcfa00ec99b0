import type { ClaimedTask, OpenRunner, Timestamp } from '@necrocode/domain';
import type { OpenTransaction, OwnTables } from '../tables/own-tables.js';
import { SCHEMA } from '../tables/schema.js';
import { OFFERED_POOLS } from './lock-places.js';

/** Of a row `runner` that the job of a row `ready` may begin at. */
const SUITS = `runner.handlers @> ready.handlers and (ready.slot_pools = '{}' or ready.slot_pools <@ ${OFFERED_POOLS})`;

/**
 * `SKIP LOCKED`: what another replica has claimed is not waited for. Tasks that no open runner could take are left out, or a
 * long row of them at the front would hide the ones behind; so are jobs of a paused queue that have not begun. Tokens are drawn under the runners' locks, so that of two
 * leases of one slot the later has the greater token.
 */
const CLAIM = /* sql */ `
  with claimed as (
    select ready.task_id, ready.job_id, ready.slot_pool
    from ${SCHEMA}.ready_task ready
    left join ${SCHEMA}.placement using (job_id)
    where ready.not_before <= $1
      -- Said once for all rows, so that a hundred thousand tasks that wait for a slot cost a comparison each.
      and (ready.slot_pool is null or ready.slot_pool = any(array(
        select pool from ${SCHEMA}.slot where status = 'free' and slot_id = any($3::text[]))))
      and not exists (select from ${SCHEMA}.paused_queue join ${SCHEMA}.open_job using (queue)
        where open_job.job_id = ready.job_id and open_job.waiting)
      and (placement.runner_id = any($2::text[]) or (placement.runner_id is null and exists (
        select from ${SCHEMA}.runner where runner_id = any($5::text[]) and ${SUITS})))
      and (ready.slot_pool is null or exists (
        select from ${SCHEMA}.slot join ${SCHEMA}.runner using (runner_id)
        where slot.pool = ready.slot_pool and slot.status = 'free' and slot.slot_id = any($3::text[])
          and (slot.runner_id = placement.runner_id
            or (placement.runner_id is null and slot.runner_id = any($5::text[]) and ${SUITS}))))
    order by ready.priority desc, ready.submitted_at, ready.task_id
    limit $4
    for update of ready skip locked
  )
  select task_id as "taskId", job_id as "jobId", slot_pool as "slotPool",
    nextval('${SCHEMA}.fencing_token')::text as "fencingToken" from claimed`;

/** Whether there is a task to claim, for some runner. */
export async function isAnyReady(tables: OwnTables, at: Timestamp): Promise<boolean> {
  const [row] = await tables.query<{ ready: boolean }>(
    `select exists (select from ${SCHEMA}.ready_task where not_before <= $1) as ready`,
    [at],
  );
  return row?.ready ?? false;
}

/** Claims ready tasks until the transaction ends, in the order they are to be assigned. */
export async function claimTasks(
  transaction: OpenTransaction,
  runners: readonly OpenRunner[],
  limit: number,
  at: Timestamp,
): Promise<readonly ClaimedTask[]> {
  const places = runners.reduce((sum, { free }) => sum + free, 0);
  const { rows } = await transaction.query(CLAIM, [
    at,
    runners.map(({ runnerId }) => runnerId),
    runners.flatMap(({ slotIds }) => slotIds),
    Math.min(limit, places),
    runners.filter(({ takesNewJobs }) => takesNewJobs).map(({ runnerId }) => runnerId),
  ]);
  // Cast: the columns are those of CLAIM.
  return (rows as (Omit<ClaimedTask, 'fencingToken'> & { readonly fencingToken: string })[]).map((row) => ({
    ...row,
    fencingToken: Number(row.fencingToken),
  }));
}
