import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What cancellations are listed by. Newest first is by the time of the request, so that a time range is a range of the same index;
 * each index ends with it, so that the first page of any filter is read off its end. The new columns may be null: replicas of the
 * release before write on meanwhile.
 */
export class FilterCancellations1764000000400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table gateway.cancellation
        alter column job_id drop not null,
        add column scope text,
        add column requested_by text,
        add column reason_code text,
        add column requested_at timestamptz;
      drop index gateway.cancellation_job_id_position_idx;
      drop index gateway.cancellation_status_position_idx;
      create index on gateway.cancellation (requested_at desc, position desc);
      create index on gateway.cancellation (job_id, requested_at desc, position desc);
      create index on gateway.cancellation (status, requested_at desc, position desc);
      create index on gateway.cancellation (requested_by, requested_at desc, position desc);
      create index on gateway.cancellation (reason_code, requested_at desc, position desc);
      create index on gateway.cancellation (scope, requested_at desc, position desc);
      create index on gateway.cancellation (requested_at desc, position desc) where forced;
    `);
  }

  /** Forward only: a read model is rebuilt, not taken back. */
  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
