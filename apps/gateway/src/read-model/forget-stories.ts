import { parseStreamId } from '@necrocode/contracts';
import type { EntityManager } from 'typeorm';
import { READ_MODEL } from './projection.js';

/** Takes out the rows of jobs and bulks whose streams leave the store: what a rebuild gives without them. */
export async function forgetStories(tx: EntityManager, streamIds: readonly string[]): Promise<void> {
  const idsOf = (aggregate: string): readonly string[] =>
    streamIds.map(parseStreamId).flatMap((parsed) => (parsed.aggregate === aggregate ? [parsed.aggregateId] : []));
  const [jobs, cancellations] = [idsOf('job'), idsOf('cancellation')];
  // First, as the projection does: whoever holds rows of these stories finds at the checkpoint that they have changed.
  await tx.query('update gateway.projection set position = position where name = $1', [READ_MODEL]);
  await tx.query(
    'delete from gateway.hidden_item where item_id in (select position from gateway.job where job_id = any($1))',
    [jobs],
  );
  await tx.query('delete from gateway.timeline where job_id = any($1)', [jobs]);
  await tx.query('delete from gateway.timeline where job_id is null and cancellation_id = any($1)', [cancellations]);
  await tx.query('delete from gateway.cancellation where job_id = any($1) or cancellation_id = any($2)', [
    jobs,
    cancellations,
  ]);
  await tx.query('delete from gateway.job where job_id = any($1)', [jobs]);
}
