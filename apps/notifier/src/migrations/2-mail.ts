import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SCHEMA } from '../schema.js';

/** How far failures have been told by e-mail, and which replica does it. The store is the list of what is to be told. */
export class Mail1 implements MigrationInterface {
  readonly name = 'Mail1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table "${SCHEMA}".mail (
      single boolean primary key default true check (single),
      position bigint not null,
      told_at timestamptz not null default now(),
      next_at timestamptz not null default now(),
      failures integer not null default 0,
      holder uuid,
      held_until timestamptz not null default '-infinity')`);
    await runner.query(`alter table "${SCHEMA}".webhook add column disabled_at timestamptz`);
  }

  /** Forward only, as the one before it. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations only go forward'));
  }
}
