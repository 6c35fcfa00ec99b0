import type { CancellationId, CancellationTarget, JobId } from '@necrocode/domain';
import type { CompanionStatement } from '@necrocode/event-store';
import type { DataSource } from 'typeorm';
import { SCHEMA } from './schema.js';

/** The open cancellation of each target: at most one, so a second request joins it. */
export class OpenTargets {
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

  /** What a request for this target joins: its own open cancellation, or for a task the one of its whole job. */
  async find(target: CancellationTarget): Promise<CancellationId | null> {
    const keys = [targetKey(target), `job:${target.jobId}`];
    const rows = await this.database.query<{ cancellation_id: CancellationId }[]>(
      `select cancellation_id from "${SCHEMA}".open_target where target = any($1) order by target limit 1`,
      [keys],
    );
    return rows[0]?.cancellation_id ?? null;
  }

  async ofJob(jobId: JobId): Promise<readonly CancellationId[]> {
    const rows = await this.database.query<{ cancellation_id: CancellationId }[]>(
      `select cancellation_id from "${SCHEMA}".open_target where job_id = $1`,
      [jobId],
    );
    return rows.map((row) => row.cancellation_id);
  }
}

function targetKey(target: CancellationTarget): string {
  return target.kind === 'job' ? `job:${target.jobId}` : `task:${target.taskId}`;
}

/** The append was refused because another request for the same target was first. */
export function isTargetTaken(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && cause.code === '23505' && 'table' in cause && cause.table === 'open_target') return true;
  }
  return false;
}
