import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SCHEMA } from '../schema.js';

/** Endpoints, and a window of what each is to be told: the store is the queue, so a dead endpoint's window stays small. */
export class Webhooks1 implements MigrationInterface {
  readonly name = 'Webhooks1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table "${SCHEMA}".webhook (
      id text primary key,
      url text not null,
      events text[] not null,
      description text not null,
      secret text not null,
      previous_secret text,
      previous_valid_until timestamptz,
      disabled_because text check (disabled_because in ('by-user', 'gone', 'failing')),
      created_at timestamptz not null default now(),
      created_by text not null,
      -- Every event up to here has been looked at for this endpoint.
      position bigint not null,
      failures integer not null default 0,
      failing_since timestamptz,
      open_until timestamptz)`);
    await runner.query(`create table "${SCHEMA}".delivery (
      webhook_id text not null references "${SCHEMA}".webhook on delete cascade,
      position bigint not null,
      event_id uuid not null,
      event text not null,
      stream_id text not null,
      status text not null default 'pending' check (status in ('pending', 'delivered', 'dead')),
      attempts integer not null default 0,
      next_at timestamptz not null default now(),
      last_status integer,
      last_error text,
      settled_at timestamptz,
      primary key (webhook_id, position))`);
    await runner.query(
      `create index on "${SCHEMA}".delivery (webhook_id, stream_id, position) where status = 'pending'`,
    );
    await runner.query(`create index on "${SCHEMA}".delivery (webhook_id, next_at) where status = 'pending'`);
    await runner.query(`create index on "${SCHEMA}".delivery (webhook_id, status, position)`);
    await runner.query(`create index on "${SCHEMA}".delivery (settled_at) where status <> 'pending'`);
  }

  /** Forward only: the tables hold secrets and what is under way. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations only go forward'));
  }
}
