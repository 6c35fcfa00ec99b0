import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SCHEMA } from '../tables/schema.js';

/**
 * Jobs that have not ended: what a bulk cancellation selects from. Deleted with a job's end, so it is as large as what is open.
 * `waiting` says that nothing was ever assigned; with `stream_version` one append can end such a job without reading its stream.
 * No foreign keys, as in the other tables. Jobs stored by an older release come from their events.
 */
const TABLE = /* sql */ `
create table ${SCHEMA}.open_job (
  job_id text primary key,
  queue text not null,
  owner text not null,
  labels jsonb not null,
  batch_id text,
  state text not null,
  waiting boolean not null,
  stream_version integer not null,
  submitted_at timestamptz not null
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index on ${SCHEMA}.open_job (queue, job_id);
create index on ${SCHEMA}.open_job (batch_id, job_id) where batch_id is not null;
create index on ${SCHEMA}.ready_task (job_id);

insert into ${SCHEMA}.open_job
select substr(submitted.stream_id, 5), submitted.data #>> '{spec,queue}', submitted.data #>> '{spec,owner}',
  (submitted.data #> '{spec,labels}')::jsonb, null,
  case when story.blocked then 'cancelling' when story.assigned then 'running' else 'queued' end,
  not story.assigned, story.version, (submitted.data ->> 'at')::timestamptz
from event_store.events submitted cross join lateral (
  select max(stream_version) as version, bool_or(type = 'TaskAssigned') as assigned,
    bool_or(type = 'DispatchBlocked' and data ->> 'scope' = 'job') as blocked,
    bool_or(type in ('JobCompleted', 'JobFailed', 'JobCancelled')) as ended
  from event_store.events event where event.stream_id = submitted.stream_id
) as story
where submitted.type = 'JobSubmitted' and submitted.stream_version = 1 and not story.ended;
`;

export class OpenJobs2 implements MigrationInterface {
  readonly name = 'OpenJobs1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLE);
  }

  /** Forward only: the tables hold what is under way. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations only go forward'));
  }
}
