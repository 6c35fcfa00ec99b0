import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SCHEMA } from '../tables/schema.js';

/** What a job needs and a runner has of functions. A runner's row is written again whenever its agent registers. */
export class Handlers3 implements MigrationInterface {
  readonly name = 'Handlers1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table ${SCHEMA}.ready_task add handlers text[] not null default '{}'`);
    await runner.query(`alter table ${SCHEMA}.runner add handlers text[] not null default '{}'`);
  }

  /** Forward only: the tables hold what is under way. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations only go forward'));
  }
}
