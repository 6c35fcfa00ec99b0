import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SCHEMA } from '../tables/schema.js';

/** Which slot pools a job needs where it runs. Of tasks that are ready already, their own one is known. */
export class SlotPools6 implements MigrationInterface {
  readonly name = 'SlotPools1764000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table ${SCHEMA}.ready_task add slot_pools text[] not null default '{}'`);
    await runner.query(`update ${SCHEMA}.ready_task set slot_pools = array[slot_pool] where slot_pool is not null`);
  }

  /** Forward only: the tables hold what is under way. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations only go forward'));
  }
}
