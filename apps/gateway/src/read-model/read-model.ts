import { Injectable } from '@nestjs/common';
import type { ListCancellations, ListJobs } from '@necrocode/contracts';
import type { CancellationId, JobId } from '@necrocode/domain';
import { type CancellationPlace, countCancellations, pageOfCancellations } from './cancellation-query.js';
import type { BulkRow, CancellationRow, JobRow, QueueRow, RunnerRow, SlotRow } from './rows.js';
import { LiveRows } from './live-rows.js';

/** Lists, from rows that follow the events a few milliseconds behind. */
@Injectable()
export class ReadModel {
  constructor(private readonly rows: LiveRows) {}

  /** Newest first, older than `before`. */
  jobs(
    { queue, state, label, owner, batchId }: Omit<ListJobs, 'limit' | 'cursor'>,
    before: bigint | null,
    limit: number,
  ): Promise<readonly JobRow[]> {
    return this.rows.query<JobRow>(
      `select * from gateway.job
       where ($1::text is null or queue = $1)
         and ($2::text[] is null or status = any($2))
         and ($3::jsonb is null or labels @> $3)
         and ($4::text is null or owner = $4)
         and ($5::bigint is null or position < $5)
         and ($7::text is null or batch_id = $7)
       order by position desc limit $6`,
      [
        queue ?? null,
        state ?? null,
        label ? labelsOf(label) : null,
        owner ?? null,
        before?.toString() ?? null,
        limit,
        batchId ?? null,
      ],
    );
  }

  /** In the order they run: by priority, then by age. */
  nextJobs(state: readonly JobRow['status'][], limit: number): Promise<readonly JobRow[]> {
    return this.rows.query<JobRow>(
      `select * from gateway.job where status = any($1)
       order by (state #>> '{spec,priority}')::integer desc, position limit $2`,
      [state, limit],
    );
  }

  async countJobs(state: readonly JobRow['status'][]): Promise<number> {
    const rows = await this.rows.query<{ total: string }>(
      'select count(*) as total from gateway.job where status = any($1)',
      [state],
    );
    return Number(rows[0]?.total ?? 0);
  }

  /** What is open, by queue. */
  openJobs(): Promise<readonly QueueDepth[]> {
    return this.rows.query<QueueDepth>(
      `select queue, status, count(*)::integer as jobs, min(state ->> 'submittedAt') as oldest
       from gateway.job where status = any($1) group by queue, status order by queue`,
      [OPEN],
    );
  }

  /** Newest first, one more than asked for where there are more; and how many fit, counted up to a bound. */
  async cancellations(
    query: ListCancellations,
    behind: CancellationPlace | null,
  ): Promise<{ readonly rows: readonly (CancellationRow | BulkRow)[]; readonly total: number }> {
    const page = pageOfCancellations(query, behind);
    const count = countCancellations(query);
    const [rows, counted] = await Promise.all([
      this.rows.query<CancellationRow | BulkRow>(page.sql, [...page.values]),
      this.rows.query<{ total: string }>(count.sql, [...count.values]),
    ]);
    return { rows, total: Number(counted[0]?.total ?? 0) };
  }

  async newestCancellation(jobId: JobId): Promise<CancellationId | null> {
    const rows = await this.rows.query<Pick<CancellationRow, 'cancellation_id'>>(
      'select cancellation_id from gateway.cancellation where job_id = $1 order by requested_at desc, position desc limit 1',
      [jobId],
    );
    return rows[0]?.cancellation_id ?? null;
  }

  runners(): Promise<readonly RunnerRow[]> {
    return this.rows.query<RunnerRow>('select * from gateway.runner order by registered_at, runner_id');
  }

  pausedQueues(): Promise<readonly QueueRow[]> {
    return this.rows.query<QueueRow>(`select * from gateway.queue where state ->> 'paused' is not null order by queue`);
  }

  slots(): Promise<readonly SlotRow[]> {
    return this.rows.query<SlotRow>('select * from gateway.slot order by pool, slot_id');
  }
}

const OPEN = ['queued', 'running', 'retrying', 'cancelling'] as const satisfies readonly JobRow['status'][];

export interface QueueDepth {
  readonly queue: string;
  readonly status: (typeof OPEN)[number];
  readonly jobs: number;
  /** When the oldest of them was submitted. */
  readonly oldest: string;
}

function labelsOf(labels: readonly string[]): string {
  const pairs = labels.map(
    (label) => [label.slice(0, label.indexOf('=')), label.slice(label.indexOf('=') + 1)] as const,
  );
  return JSON.stringify(Object.fromEntries(pairs));
}
