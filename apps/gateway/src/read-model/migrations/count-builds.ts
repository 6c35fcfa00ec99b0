import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which rebuild the rows came from, and when it took over: how somebody who waits for one knows that it has. */
export class CountBuilds1764000000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table gateway.projection
        add column build integer not null default 1,
        add column since timestamptz not null default now()
    `);
  }

  /** Forward only: a read model is rebuilt, not taken back. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
