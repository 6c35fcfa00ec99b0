import type { Placed } from '@necrocode/domain';
import type { CompanionStatement } from '@necrocode/event-store';
import { jobRowChanges, mergeChanges } from '../tables/job-row-changes.js';
import { jobRowStatements } from '../tables/job-row-statements.js';
import { SCHEMA } from '../tables/schema.js';
import { slotRowStatements } from '../tables/slot-rows.js';

/** The rows that change with a batch of assignments; those of cancelled tasks, which the cancel had to leave, go too. */
export function placedRows({ jobs, pools, dropped }: Placed): readonly CompanionStatement[] {
  const changes = [...jobs.values()].flatMap(({ events, state: { job } }) =>
    job.status === 'unknown' ? [] : [jobRowChanges(events, job)],
  );
  return [
    ...jobRowStatements(mergeChanges(changes)),
    ...[...pools.values()].flatMap(({ events, state }) => slotRowStatements(events, state)),
    ...(dropped.length === 0 ? [] : [dropRows(dropped)]),
  ];
}

/** Of rows this transaction has claimed. */
function dropRows(taskIds: readonly string[]): CompanionStatement {
  return { text: `delete from ${SCHEMA}.ready_task where task_id = any($1::text[])`, values: [taskIds] };
}
