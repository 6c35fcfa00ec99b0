import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SCHEMA } from '../schema.js';

/** What a sweep compares: workspaces that a runner names, and those that were found left behind. */
export class Workspaces2 implements MigrationInterface {
  readonly name = 'Workspaces1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table "${SCHEMA}".runner
         -- Jobs that the last heartbeat said have one there, with nothing that runs in it.
         add workspaces text[] not null default '{}',
         -- Of these, by the runner's stream, the orphans that are not ended.
         add orphaned_workspaces text[] not null default '{}'`,
    );
  }

  /** Forward only: the tables hold what is under way. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations only go forward'));
  }
}
