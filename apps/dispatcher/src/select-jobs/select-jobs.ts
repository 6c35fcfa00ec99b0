import type { JobCriteria, JobId, Timestamp } from '@necrocode/domain';
import type { OwnTables } from '../tables/own-tables.js';
import { SCHEMA } from '../tables/schema.js';

export interface Selection {
  readonly criteria: JobCriteria;
  readonly snapshotAt: Timestamp | null;
  readonly after: JobId | null;
  readonly limit: number;
}

export interface SelectedPage {
  readonly snapshotAt: Timestamp;
  readonly waiting: JobId[];
  readonly started: JobId[];
  readonly after: JobId | null;
}

const SELECT = /* sql */ `
  select job_id as "jobId", waiting from ${SCHEMA}.open_job
  where ($1::text is null or batch_id = $1)
    and ($2::text is null or queue = $2)
    and ($3::text is null or owner = $3)
    and ($4::jsonb is null or labels @> $4)
    and ($5::text[] is null or state = any($5))
    and submitted_at <= $6::timestamptz - make_interval(secs => $7::double precision / 1000)
    and ($8::text is null or job_id > $8)
  order by job_id limit $9`;

/** Open jobs that fit, in one query a page; one row more than asked for says whether there is another. */
export class SelectJobs {
  constructor(private readonly tables: OwnTables) {}

  async handle({ criteria, snapshotAt, after, limit }: Selection): Promise<SelectedPage> {
    const at = snapshotAt ?? new Date().toISOString();
    const { batchId, queue, owner, labels, states, olderThanMs } = criteria;
    const rows = await this.tables.query<{ jobId: JobId; waiting: boolean }>(SELECT, [
      batchId,
      queue,
      owner,
      labels && JSON.stringify(labels),
      states,
      at,
      olderThanMs ?? 0,
      after,
      limit + 1,
    ]);
    const page = rows.slice(0, limit);
    return {
      snapshotAt: at,
      waiting: page.flatMap(({ jobId, waiting }) => (waiting ? [jobId] : [])),
      started: page.flatMap(({ jobId, waiting }) => (waiting ? [] : [jobId])),
      after: rows.length > limit ? (page.at(-1)?.jobId ?? null) : null,
    };
  }
}
