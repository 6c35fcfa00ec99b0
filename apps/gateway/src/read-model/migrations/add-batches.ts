import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddBatches1764000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table gateway.job add column batch_id text;
      create index on gateway.job (batch_id, position desc) where batch_id is not null;
    `);
  }

  /** Forward only: a read model is rebuilt, not taken back. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
