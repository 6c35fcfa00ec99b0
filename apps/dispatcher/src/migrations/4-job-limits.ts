import { DriveQueue } from '@necrocode/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { LIMIT_DRIVE, SCHEMA } from '../tables/schema.js';

/** When the limits of jobs are reached: their deadlines and timeouts. Jobs from before had none. */
export class JobLimits4 implements MigrationInterface {
  readonly name = 'JobLimits1764000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(DriveQueue.createTable(SCHEMA, LIMIT_DRIVE));
  }

  /** Forward only: the table holds what is under way. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations only go forward'));
  }
}
