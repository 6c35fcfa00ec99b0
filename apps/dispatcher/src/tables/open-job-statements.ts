import type { JobId } from '@necrocode/domain';
import type { CompanionStatement } from '@necrocode/event-store';
import type { OpenJobChange } from './job-row-changes.js';
import { SCHEMA } from './schema.js';

/** At most one statement per kind of change. */
export function openJobStatements(jobs: ReadonlyMap<JobId, OpenJobChange>): readonly (CompanionStatement | null)[] {
  const of = (kind: 'opened' | 'moved') =>
    [...jobs].flatMap(([jobId, change]) => (change.kind === kind ? [{ jobId, ...change }] : []));
  const ended = [...jobs].flatMap(([jobId, { kind }]) => (kind === 'ended' ? [jobId] : []));
  return [insert(of('opened')), update(of('moved')), ended.length === 0 ? null : deleteOpenJobs(ended)];
}

type Change = Exclude<OpenJobChange, { kind: 'ended' }> & { readonly jobId: JobId };

function insert(changes: readonly Change[]): CompanionStatement | null {
  if (changes.length === 0) return null;
  return {
    text: `insert into ${SCHEMA}.open_job
             (job_id, queue, owner, labels, batch_id, state, waiting, stream_version, submitted_at)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::text[], $6::text[], $7::bool[],
             $8::int[], $9::timestamptz[])`,
    values: [
      changes.map(({ jobId }) => jobId),
      changes.map(({ row }) => row.queue),
      changes.map(({ row }) => row.owner),
      changes.map(({ row }) => JSON.stringify(row.labels)),
      changes.map(({ row }) => row.batchId),
      changes.map(({ row }) => row.state),
      changes.map(({ row }) => row.waiting),
      changes.map(({ events }) => events),
      changes.map(({ row }) => row.submittedAt),
    ],
  };
}

function update(changes: readonly Change[]): CompanionStatement | null {
  if (changes.length === 0) return null;
  return {
    text: `update ${SCHEMA}.open_job set state = moved.state, waiting = moved.waiting,
             stream_version = open_job.stream_version + moved.events
           from unnest($1::text[], $2::text[], $3::bool[], $4::int[]) as moved (job_id, state, waiting, events)
           where open_job.job_id = moved.job_id`,
    values: [
      changes.map(({ jobId }) => jobId),
      changes.map(({ row }) => row.state),
      changes.map(({ row }) => row.waiting),
      changes.map(({ events }) => events),
    ],
  };
}

export function deleteOpenJobs(jobIds: readonly JobId[]): CompanionStatement {
  return { text: `delete from ${SCHEMA}.open_job where job_id = any($1::text[])`, values: [jobIds] };
}
