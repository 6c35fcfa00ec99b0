import { DriveQueue } from '@necrocode/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SCHEMA, START_DRIVE } from '../tables/schema.js';

/**
 * What the next decision needs, derived from the events and rebuildable from them (see rebuild-tables). No foreign keys:
 * a key check takes row locks in another order than the assignment does (docs/adr/0061).
 */
const TABLES = /* sql */ `
create table ${SCHEMA}.task (
  task_id text primary key,
  job_id text not null
);

-- Tasks that may be assigned once not_before has come. Deleted when assigned, so it is as large as the queue.
create table ${SCHEMA}.ready_task (
  task_id text primary key,
  job_id text not null,
  priority smallint not null,
  submitted_at timestamptz not null,
  not_before timestamptz not null,
  slot_pool text
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index on ${SCHEMA}.ready_task (priority desc, submitted_at, task_id);
create index on ${SCHEMA}.ready_task (not_before);

-- The runner an open job keeps to.
create table ${SCHEMA}.placement (
  job_id text primary key,
  runner_id text not null
);

-- Executions in flight: what they are counts against their runner's capacity.
create table ${SCHEMA}.assignment (
  task_id text primary key,
  execution_id text not null unique,
  job_id text not null,
  runner_id text not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index on ${SCHEMA}.assignment (runner_id);

create table ${SCHEMA}.runner (
  runner_id text primary key,
  status text not null,
  capacity integer not null,
  -- Slots it offers now; one it offered once may still be held.
  slot_ids text[] not null,
  -- Version of its stream the row was folded from.
  version integer not null
);

create table ${SCHEMA}.slot (
  slot_id text primary key,
  pool text not null,
  runner_id text not null,
  status text not null,
  execution_id text,
  job_id text
);
create index on ${SCHEMA}.slot (pool, runner_id) where status = 'free';
create index on ${SCHEMA}.slot (job_id) where status <> 'free';

create sequence ${SCHEMA}.fencing_token;
`;

export class DispatchTables1 implements MigrationInterface {
  readonly name = 'DispatchTables1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(DriveQueue.createTable(SCHEMA, START_DRIVE));
  }

  /** Forward only: the tables hold what is under way. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations only go forward'));
  }
}
