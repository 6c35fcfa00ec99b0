import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SCHEMA } from '../schema.js';

/** When each runner was last heard, and which executions it has: what fencing needs. Both can be rebuilt from events. */
export class RunnersAndExecutions1 implements MigrationInterface {
  readonly name = 'RunnersAndExecutions1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create table "${SCHEMA}".runner (
         runner_id text primary key,
         session_id text not null,
         status text not null,
         lease_ms integer not null,
         registered_at timestamptz not null,
         last_heard_at timestamptz not null,
         -- What the last heartbeat said it has.
         execution_ids text[] not null default '{}')`,
    );
    await runner.query(
      `create table "${SCHEMA}".execution (
         execution_id text primary key,
         runner_id text not null,
         identity jsonb not null,
         status text not null check (status in ('assigned', 'running', 'fenced')),
         assigned_at timestamptz not null,
         traceparent text)`,
    );
    await runner.query(`create index on "${SCHEMA}".execution (runner_id)`);
  }

  /** Forward only: the tables hold what is under way. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations only go forward'));
  }
}
