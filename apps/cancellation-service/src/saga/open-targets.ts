import { type CancellationId, type CancellationTarget, joinableKeys, type JobId, targetKey } from '@necrocode/domain';
import type { CompanionStatement } from '@necrocode/event-store';
import type { OpenCancellationsNow } from '@necrocode/metrics';
import DataLoader from 'dataloader';
import type { DataSource } from 'typeorm';
import { SCHEMA } from './schema.js';

/** The open cancellation of each target: at most one, so a second request joins it. */
export class OpenTargets {
  /** Questions of the same turn of the event loop are one statement: a hundred executions of a job end at once. */
  readonly #ofJob = new DataLoader((jobIds: readonly JobId[]) => this.#ofJobs(jobIds), { cache: false });

  constructor(private readonly database: DataSource) {}

  /** Fails the whole append when the target already has an open cancellation: the primary key arbitrates. */
  claim(target: CancellationTarget, cancellationId: CancellationId): CompanionStatement {
    return {
      text: `insert into "${SCHEMA}".open_target (target, job_id, cancellation_id) values ($1, $2, $3)`,
      values: [targetKey(target), target.jobId, cancellationId],
    };
  }

  /** As `claim`, for whole jobs by the hundred. */
  claimJobs(claims: readonly { readonly jobId: JobId; readonly cancellationId: CancellationId }[]): CompanionStatement {
    return {
      text: `insert into "${SCHEMA}".open_target (target, job_id, cancellation_id)
             select 'job:' || job_id, job_id, cancellation_id from unnest($1::text[], $2::text[]) as claim (job_id, cancellation_id)`,
      values: [claims.map(({ jobId }) => jobId), claims.map(({ cancellationId }) => cancellationId)],
    };
  }

  /** Open cancellations of whole jobs, by job. */
  async findJobs(jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, CancellationId>> {
    const rows = await this.database.query<{ job_id: JobId; cancellation_id: CancellationId }[]>(
      `select job_id, cancellation_id from "${SCHEMA}".open_target where target = any($1)`,
      [jobIds.map((jobId) => `job:${jobId}`)],
    );
    return new Map(rows.map((row) => [row.job_id, row.cancellation_id]));
  }

  release(cancellationId: CancellationId): CompanionStatement {
    return { text: `delete from "${SCHEMA}".open_target where cancellation_id = $1`, values: [cancellationId] };
  }

  /** @param leftAs its interim outcome; null: none */
  recordStanding(
    cancellationId: CancellationId,
    { isStalled, leftAs }: { readonly isStalled: boolean; readonly leftAs: 'partial' | 'unconfirmed' | null },
  ): CompanionStatement {
    return {
      text: `update "${SCHEMA}".open_target
             set stalled_since = case when $2 then coalesce(stalled_since, now()) end, left_as = $3
             where cancellation_id = $1`,
      values: [cancellationId, isStalled, leftAs],
    };
  }

  /** How the open cancellations stand now, all replicas' together. */
  async count(): Promise<OpenCancellationsNow> {
    const [row] = await this.database.query<Readonly<Record<keyof OpenCancellationsNow, number>>[]>(
      `select count(*)::integer as open,
              count(*) filter (where left_as = 'partial')::integer as partial,
              count(*) filter (where left_as = 'unconfirmed')::integer as unconfirmed,
              count(stalled_since)::integer as stalled,
              coalesce(extract(epoch from now() - min(stalled_since)), 0)::double precision as "longestStalledSeconds"
       from "${SCHEMA}".open_target`,
    );
    return row ?? { open: 0, partial: 0, unconfirmed: 0, stalled: 0, longestStalledSeconds: 0 };
  }

  /** The open cancellation that a request for this target joins; null when it begins one of its own. */
  async find(target: CancellationTarget): Promise<CancellationId | null> {
    const rows = await this.database.query<{ cancellation_id: CancellationId }[]>(
      `select cancellation_id from "${SCHEMA}".open_target where target = any($1)
       order by array_position($1, target) limit 1`,
      [joinableKeys(target)],
    );
    return rows[0]?.cancellation_id ?? null;
  }

  ofJob(jobId: JobId): Promise<readonly CancellationId[]> {
    return this.#ofJob.load(jobId);
  }

  async #ofJobs(jobIds: readonly JobId[]): Promise<readonly CancellationId[][]> {
    const rows = await this.database.query<{ job_id: JobId; cancellation_id: CancellationId }[]>(
      `select job_id, cancellation_id from "${SCHEMA}".open_target where job_id = any($1)`,
      [jobIds],
    );
    return jobIds.map((jobId) => rows.flatMap((row) => (row.job_id === jobId ? [row.cancellation_id] : [])));
  }
}

/** The append was refused because another request for the same target was first. */
export function isTargetTaken(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && cause.code === '23505' && 'table' in cause && cause.table === 'open_target') return true;
  }
  return false;
}
