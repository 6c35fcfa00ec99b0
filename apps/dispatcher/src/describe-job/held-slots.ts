import type { HeldSlot, JobId } from '@necrocode/domain';
import type { OwnTables } from '../tables/own-tables.js';
import { SCHEMA } from '../tables/schema.js';

/** Slots a job's executions hold: leased, or given back and not yet proven clean. */
export class HeldSlots {
  constructor(private readonly tables: OwnTables) {}

  ofJob(jobId: JobId): Promise<readonly HeldSlot[]> {
    return this.tables.query<HeldSlot>(
      `select pool, slot_id as "slotId", execution_id as "executionId", status
       from ${SCHEMA}.slot where job_id = $1 and status <> 'free' order by slot_id`,
      [jobId],
    );
  }
}
