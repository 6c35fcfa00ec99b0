import { Injectable } from '@nestjs/common';
import type { BatchId, JobId, JobStatus } from '@necrocode/domain';
import { LiveRows } from '../read-model/live-rows.js';

export interface ItemRow {
  readonly itemId: number;
  readonly jobId: JobId;
}

export interface ItemFilter {
  readonly queue: string;
  readonly batchId?: BatchId | undefined;
  readonly jobId?: JobId | undefined;
  readonly destination?: string | undefined;
  readonly status?: readonly JobStatus[] | undefined;
}

/** Jobs of a queue that were not deleted there. `$1`–`$5` are the values of a filter. */
const ITEMS = `gateway.job where queue = $1 and ($2::text is null or batch_id = $2) and ($3::text is null or job_id = $3)
  and ($4::text is null or labels @> jsonb_build_object('destination', $4::text)) and ($5::text[] is null or status = any($5))
  and not exists (select from gateway.hidden_item where item_id = position)`;
const PRIORITY = `(state #>> '{spec,priority}')::integer`;

/** Which jobs are the items of a queue, and in what order; from rows that follow the events a few milliseconds behind. */
@Injectable()
export class ItemRows {
  constructor(private readonly rows: LiveRows) {}

  /** In the order of their numbers. */
  all(filter: ItemFilter, order: 'ASC' | 'DESC'): Promise<readonly ItemRow[]> {
    return this.#rows(`select position, job_id from ${ITEMS} order by position ${order}`, valuesOf(filter));
  }

  /** In the order they run, behind the item `cursor`. */
  next(filter: ItemFilter, limit: number, cursor: number | null = null): Promise<readonly ItemRow[]> {
    return this.#rows(
      `with behind as (select ${PRIORITY} as priority from gateway.job where position = $7)
       select position, job_id from ${ITEMS} and ($7::bigint is null or ${PRIORITY} < (select priority from behind)
         or (${PRIORITY} = (select priority from behind) and position > $7))
       order by ${PRIORITY} desc, position limit $6`,
      [...valuesOf(filter), limit, cursor],
    );
  }

  /** Those of the numbers that are items of the queue. */
  async find(queue: string, itemIds: readonly number[], status?: readonly JobStatus[]): Promise<readonly ItemRow[]> {
    const sql = `select position, job_id from ${ITEMS} and position = any($6::bigint[])`;
    return this.#rows(sql, [...valuesOf({ queue, status }), itemIds]);
  }

  /** Of jobs submitted a moment ago: those whose numbers are known by now. */
  numbered(jobIds: readonly JobId[]): Promise<readonly ItemRow[]> {
    return this.#rows('select position, job_id from gateway.job where job_id = any($1) order by position', [jobIds]);
  }

  async count(filter: ItemFilter): Promise<readonly { readonly status: JobStatus; readonly count: number }[]> {
    return this.rows.query<{ status: JobStatus; count: number }>(
      `select status, count(*)::integer as count from ${ITEMS} group by status`,
      valuesOf(filter),
    );
  }

  /** Deletes items from the queue: the jobs and their story stay. @returns how many */
  async hide(filter: ItemFilter): Promise<number> {
    const rows = await this.rows.query<unknown>(
      `insert into gateway.hidden_item (item_id) select position from ${ITEMS} on conflict do nothing returning item_id`,
      valuesOf(filter),
    );
    return rows.length;
  }

  async hideItems(items: readonly ItemRow[]): Promise<number> {
    const rows = await this.rows.query<unknown>(
      'insert into gateway.hidden_item (item_id) select unnest($1::bigint[]) on conflict do nothing returning item_id',
      [items.map(({ itemId }) => itemId)],
    );
    return rows.length;
  }

  async #rows(sql: string, values: unknown[]): Promise<readonly ItemRow[]> {
    const rows = await this.rows.query<{ position: string; job_id: JobId }>(sql, values);
    return rows.map(({ position, job_id }) => ({ itemId: Number(position), jobId: job_id }));
  }
}

function valuesOf({ queue, batchId, jobId, destination, status }: ItemFilter): unknown[] {
  return [queue, batchId ?? null, jobId ?? null, destination ?? null, status ?? null];
}
