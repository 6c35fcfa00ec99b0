import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Items that callers of the queue façade have deleted. Not made of events, so a rebuild leaves it alone. */
export class HideItems1764000000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table gateway.hidden_item (item_id bigint primary key)');
  }

  /** Forward only, like the schema it belongs to. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
