import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events of a bulk cancellation are of many jobs, and in the timeline of the cancellation alone. */
export class TellOfBulks1764000000500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table gateway.timeline alter column job_id drop not null');
  }

  /** Forward only: a read model is rebuilt, not taken back. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
