import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SCHEMA } from '../tables/schema.js';

/** Queues of which no job is to begin. There were none before. */
export class PausedQueues5 implements MigrationInterface {
  readonly name = 'PausedQueues1764000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table ${SCHEMA}.paused_queue (queue text primary key)`);
  }

  /** Forward only: the table holds what is under way. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations only go forward'));
  }
}
