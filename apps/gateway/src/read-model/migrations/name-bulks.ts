import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The bulk that opened a cancellation; most have none. */
export class NameBulks1764000000700 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table gateway.cancellation add column bulk_id text;
      create index on gateway.cancellation (bulk_id, requested_at desc, position desc) where bulk_id is not null;
    `);
  }

  /** Forward only: a read model is rebuilt, not taken back. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
