import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SCHEMA } from '../saga/schema.js';

/** What metrics tell of open cancellations, whichever replica has seen it: since when one stands still, how it was left. */
export class OpenStanding3 implements MigrationInterface {
  readonly name = 'OpenStanding1764000000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table "${SCHEMA}".open_target
         add stalled_since timestamptz,
         add left_as text check (left_as in ('partial', 'unconfirmed'))`,
    );
  }

  /** Forward only: the tables hold what is under way. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations only go forward'));
  }
}
