import { DriveQueue } from '@necrocode/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { BULK_DRIVE_TABLE } from '../bulk-saga/schema.js';
import { SCHEMA } from '../saga/schema.js';

/** Which bulks wait for which cancellations, and when each bulk is to be driven again. */
export class BulkCancellations2 implements MigrationInterface {
  readonly name = 'BulkCancellations1764000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create table "${SCHEMA}".bulk_member (
         cancellation_id text not null,
         bulk_id text not null,
         primary key (cancellation_id, bulk_id))`,
    );
    await runner.query(`create index on "${SCHEMA}".bulk_member (bulk_id)`);
    await runner.query(DriveQueue.createTable(SCHEMA, BULK_DRIVE_TABLE));
  }

  /** Forward only: the tables hold what is under way. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations only go forward'));
  }
}
