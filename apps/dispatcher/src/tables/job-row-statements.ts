import type { CompanionStatement } from '@necrocode/event-store';
import type { JobRowChanges } from './job-row-changes.js';
import { openJobStatements } from './open-job-statements.js';
import { LIMIT_DRIVE, SCHEMA, START_DRIVE } from './schema.js';

/** A start that is not known to have happened this long after its assignment is asked for again, ms. */
export const FIRST_REDRIVE_AFTER_MS = 2_000;

/** At most one statement per table and kind of change, however many jobs. */
export function jobRowStatements(changes: JobRowChanges): readonly CompanionStatement[] {
  const { jobs, tasks, ready, assignments, starts, placements, limits } = changes;
  const kept = <Key, Row>(rows: ReadonlyMap<Key, Row | null>): [Key, Row][] =>
    [...rows].flatMap(([key, row]) => (row === null ? [] : [[key, row] as [Key, Row]]));
  const gone = <Key, Row>(rows: ReadonlyMap<Key, Row | null>): Key[] =>
    [...rows].flatMap(([key, row]) => (row === null ? [key] : []));
  const wanted = [...starts].flatMap(([executionId, open]) => (open ? [executionId] : []));
  const done = [...starts].flatMap(([executionId, open]) => (open ? [] : [executionId]));
  return [
    ...openJobStatements(jobs),
    insertTasks([...tasks]),
    upsertReady(kept(ready)),
    deleteReady(gone(ready)),
    deleteByKey('assignment', 'task_id', gone(assignments)),
    upsertAssignments(kept(assignments)),
    deleteByKey(START_DRIVE, 'key', done),
    wantStarts(wanted),
    upsertPlacements(kept(placements)),
    deleteByKey('placement', 'job_id', gone(placements)),
    upsertLimits(kept(limits)),
    deleteByKey(LIMIT_DRIVE, 'key', gone(limits)),
  ].filter((statement) => statement !== null);
}

type Rows<Map> = Map extends ReadonlyMap<infer Key, infer Row> ? readonly (readonly [Key, NonNullable<Row>])[] : never;
type Statement = CompanionStatement | null;

function insertTasks(rows: Rows<JobRowChanges['tasks']>): Statement {
  if (rows.length === 0) return null;
  return {
    text: `insert into ${SCHEMA}.task (task_id, job_id) select * from unnest($1::text[], $2::text[])
           on conflict (task_id) do nothing`,
    values: [rows.map(([taskId]) => taskId), rows.map(([, jobId]) => jobId)],
  };
}

function upsertReady(rows: Rows<JobRowChanges['ready']>): Statement {
  if (rows.length === 0) return null;
  return {
    text: `insert into ${SCHEMA}.ready_task (task_id, job_id, priority, submitted_at, not_before, slot_pool, handlers, slot_pools)
           select task_id, job_id, priority, submitted_at, not_before, slot_pool, string_to_array(handlers, ' '), string_to_array(slot_pools, ' ')
           from unnest($1::text[], $2::text[], $3::int[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[], $8::text[])
             as row (task_id, job_id, priority, submitted_at, not_before, slot_pool, handlers, slot_pools)
           on conflict (task_id) do update set not_before = excluded.not_before`,
    values: [
      rows.map(([taskId]) => taskId),
      rows.map(([, row]) => row.jobId),
      rows.map(([, row]) => row.priority),
      rows.map(([, row]) => row.submittedAt),
      rows.map(([, row]) => row.notBefore),
      rows.map(([, row]) => row.slotPool),
      // No name of a handler or pool has a blank in it. SQL cannot unnest lists of lists of differing length.
      rows.map(([, row]) => row.handlers.join(' ')),
      rows.map(([, row]) => row.slotPools.join(' ')),
    ],
  };
}

/**
 * A row that an assignment has claimed is left to it: waiting for it would be a deadlock, for it waits for this very
 * append. It then loses the version, finds the task not assignable, and drops the row (docs/adr/0061).
 */
function deleteReady(taskIds: readonly string[]): Statement {
  if (taskIds.length === 0) return null;
  return {
    text: `delete from ${SCHEMA}.ready_task where task_id in (
             select task_id from ${SCHEMA}.ready_task where task_id = any($1::text[]) for update skip locked)`,
    values: [taskIds],
  };
}

function upsertAssignments(rows: Rows<JobRowChanges['assignments']>): Statement {
  if (rows.length === 0) return null;
  return {
    text: `insert into ${SCHEMA}.assignment (task_id, execution_id, job_id, runner_id)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])
           on conflict (task_id) do update set execution_id = excluded.execution_id, runner_id = excluded.runner_id`,
    values: [
      rows.map(([taskId]) => taskId),
      rows.map(([, row]) => row.executionId),
      rows.map(([, row]) => row.jobId),
      rows.map(([, row]) => row.runnerId),
    ],
  };
}

function wantStarts(executionIds: readonly string[]): Statement {
  if (executionIds.length === 0) return null;
  return {
    text: `insert into ${SCHEMA}.${START_DRIVE} (key, due_at)
           select key, now() + $2::double precision * interval '1 millisecond' from unnest($1::text[]) as key
           on conflict (key) do nothing`,
    values: [executionIds, FIRST_REDRIVE_AFTER_MS],
  };
}

function upsertPlacements(rows: Rows<JobRowChanges['placements']>): Statement {
  if (rows.length === 0) return null;
  return {
    text: `insert into ${SCHEMA}.placement (job_id, runner_id) select * from unnest($1::text[], $2::text[])
           on conflict (job_id) do update set runner_id = excluded.runner_id`,
    values: [rows.map(([jobId]) => jobId), rows.map(([, runnerId]) => runnerId)],
  };
}

function upsertLimits(rows: Rows<JobRowChanges['limits']>): Statement {
  if (rows.length === 0) return null;
  return {
    text: `insert into ${SCHEMA}.${LIMIT_DRIVE} (key, due_at) select * from unnest($1::text[], $2::timestamptz[])
           on conflict (key) do update set due_at = excluded.due_at, attempts = 0`,
    values: [rows.map(([jobId]) => jobId), rows.map(([, dueAt]) => dueAt)],
  };
}

function deleteByKey(table: string, column: string, keys: readonly string[]): Statement {
  if (keys.length === 0) return null;
  return { text: `delete from ${SCHEMA}.${table} where ${column} = any($1::text[])`, values: [keys] };
}
