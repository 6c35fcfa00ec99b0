import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Queues that were ever paused, and whether they are. */
export class ShowPausedQueues1764000000600 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table gateway.queue (queue text primary key, state json not null)');
  }

  /** Forward only: a read model is rebuilt, not taken back. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
