import { DriveQueue } from '@necrocode/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DRIVE_TABLE, SCHEMA } from '../schema.js';

/** When each open cleanup is to be tried again. */
export class Drive1 implements MigrationInterface {
  readonly name = 'Drive1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(DriveQueue.createTable(SCHEMA, DRIVE_TABLE));
  }

  /** Forward only: the table holds what is under way. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations only go forward'));
  }
}
