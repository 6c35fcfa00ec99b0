import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * State columns are json, not jsonb: they are read as a whole, never searched, and keep any text an event may hold.
 * Events stay the text that is sent.
 */
export class CreateReadModel1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table gateway.projection (
        name text primary key,
        version integer not null,
        position bigint not null);

      create table gateway.job (
        job_id text primary key,
        position bigint not null unique,
        queue text not null,
        status text not null,
        owner text not null,
        labels jsonb not null,
        state json not null,
        cleaned boolean not null,
        settled_position bigint);
      create index on gateway.job (queue, position desc);
      create index on gateway.job (status, position desc);
      create index on gateway.job using gin (labels jsonb_path_ops);

      create table gateway.cancellation (
        cancellation_id text primary key,
        position bigint not null unique,
        job_id text not null,
        status text not null,
        state json not null,
        signalled boolean not null,
        forced boolean not null,
        completed_position bigint);
      create index on gateway.cancellation (job_id, position desc);
      create index on gateway.cancellation (status, position desc);

      create table gateway.runner (
        runner_id text primary key,
        registered_at text not null,
        state json not null);

      create table gateway.slot (
        slot_id text primary key,
        pool text not null,
        runner_id text not null,
        kind text not null,
        status text not null,
        holder json,
        since text not null);
      create index on gateway.slot (pool, slot_id);

      create table gateway.timeline (
        position bigint primary key,
        job_id text not null,
        cancellation_id text,
        event text not null);
      create index on gateway.timeline (job_id, position);
      create index on gateway.timeline (cancellation_id, position) where cancellation_id is not null;
    `);
  }

  /** Forward only: a read model is rebuilt, not taken back. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
