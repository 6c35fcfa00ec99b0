import type { BulkMember, CancellationId } from '@necrocode/domain';
import type { CompanionStatement } from '@necrocode/event-store';
import type { DataSource } from 'typeorm';
import { SCHEMA } from '../saga/schema.js';

/** Which bulks wait for a cancellation: two that overlap may wait for the same one. */
export class BulkMembers {
  constructor(private readonly database: DataSource) {}

  add(bulkId: CancellationId, members: readonly BulkMember[]): CompanionStatement {
    return {
      text: `insert into "${SCHEMA}".bulk_member (cancellation_id, bulk_id)
             select distinct cancellation_id, $2 from unnest($1::text[]) as cancellation_id on conflict do nothing`,
      values: [members.map(({ cancellationId }) => cancellationId), bulkId],
    };
  }

  forget(bulkId: CancellationId): CompanionStatement {
    return { text: `delete from "${SCHEMA}".bulk_member where bulk_id = $1`, values: [bulkId] };
  }

  async bulksOf(cancellationId: CancellationId): Promise<readonly CancellationId[]> {
    const rows = await this.database.query<{ bulk_id: CancellationId }[]>(
      `select bulk_id from "${SCHEMA}".bulk_member where cancellation_id = $1`,
      [cancellationId],
    );
    return rows.map(({ bulk_id }) => bulk_id);
  }
}
