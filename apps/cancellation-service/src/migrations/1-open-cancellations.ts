import { DriveQueue } from '@necrocode/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DRIVE_TABLE, SCHEMA } from '../saga/schema.js';

/** Open cancellations by what they target, and when each is to be driven again. */
export class OpenCancellations1 implements MigrationInterface {
  readonly name = 'OpenCancellations1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create table "${SCHEMA}".open_target (
         target text primary key,
         job_id text not null,
         cancellation_id text not null unique)`,
    );
    await runner.query(`create index on "${SCHEMA}".open_target (job_id)`);
    await runner.query(DriveQueue.createTable(SCHEMA, DRIVE_TABLE));
  }

  /** Forward only: the tables hold what is under way. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations only go forward'));
  }
}
