import { parseStreamId } from '@necrocode/contracts';
import type { PositionedEvent } from '@necrocode/event-store';
import type { EntityManager } from 'typeorm';
import { namedInEvent } from './named-in-event.js';
import type { BulkRow, CancellationRow, JobRow, QueueRow, RunnerRow, SlotRow } from './rows.js';
import { type ChangedRows, type Rows, WorkingSet } from './working-set.js';

/** The tables made from events, each with its key. `hidden_item` is not one of them. */
export const TABLES = {
  job: 'job_id',
  cancellation: 'cancellation_id',
  runner: 'runner_id',
  slot: 'slot_id',
  queue: 'queue',
  timeline: 'position',
} as const;

export type TableName = keyof typeof TABLES;

// Cast: Object.keys forgets which keys.
export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/** Where a set of rows lives: what readers read, what a rebuild builds, what a verification compares with. */
export type RowsSchema = 'gateway' | 'gateway_rebuild' | 'pg_temp';

/** Projects events, in store order, into the tables of a schema. @returns what changed */
export async function projectEvents(
  tx: EntityManager,
  schema: RowsSchema,
  events: readonly PositionedEvent[],
): Promise<ChangedRows> {
  const set = new WorkingSet(await loadRows(tx, schema, events));
  for (const event of events) set.apply(event);
  const changed = set.changed();
  await saveRows(tx, schema, changed);
  return changed;
}

/** Every row the events may touch, in at most five statements whatever their number. */
async function loadRows(tx: EntityManager, schema: RowsSchema, events: readonly PositionedEvent[]): Promise<Rows> {
  const names = events.map(namedInEvent);
  const jobIds = unique(names.map(({ jobId }) => jobId));
  const cancellationIds = unique(names.map(({ cancellationId }) => cancellationId));
  const rowsOf = async <Row>(
    table: 'job' | 'runner' | 'slot' | 'queue',
    ids: readonly string[],
  ): Promise<readonly Row[]> =>
    ids.length === 0 ? [] : tx.query<Row[]>(`select * from ${schema}.${table} where ${TABLES[table]} = any($1)`, [ids]);
  const cancellations =
    [...jobIds, ...cancellationIds].length === 0
      ? []
      : await tx.query<(CancellationRow | BulkRow)[]>(
          `select * from ${schema}.cancellation
           where cancellation_id = any($1) or (job_id = any($2) and completed_position is null)`,
          [cancellationIds, jobIds],
        );
  return {
    jobs: await rowsOf<JobRow>('job', jobIds),
    cancellations: cancellations.filter((row) => row.job_id !== null),
    bulks: cancellations.filter((row) => row.job_id === null),
    runners: await rowsOf<RunnerRow>('runner', ownersOf('runner', events)),
    slots: await rowsOf<SlotRow>('slot', slotIds(events)),
    queues: await rowsOf<QueueRow>('queue', ownersOf('queue', events)),
  };
}

/** Writes what changed, one statement per table. */
async function saveRows(tx: EntityManager, schema: RowsSchema, changed: ChangedRows): Promise<void> {
  await upsert(tx, schema, 'job', changed.jobs);
  await upsert(tx, schema, 'cancellation', [...changed.cancellations, ...changed.bulks]);
  await upsert(tx, schema, 'runner', changed.runners);
  await upsert(tx, schema, 'slot', changed.slots);
  await upsert(tx, schema, 'queue', changed.queues);
  await upsert(tx, schema, 'timeline', changed.timeline);
}

async function upsert(tx: EntityManager, schema: RowsSchema, table: TableName, rows: readonly object[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const key = TABLES[table];
  const columns = Object.keys(first);
  const updates = columns.filter((column) => column !== key).map((column) => `${column} = excluded.${column}`);
  await tx.query(
    `insert into ${schema}.${table} (${columns.join(', ')})
     select ${columns.join(', ')} from json_populate_recordset(null::${schema}.${table}, $1)
     on conflict (${key}) do update set ${updates.join(', ')}`,
    [JSON.stringify(rows)],
  );
}

function ownersOf(wanted: 'runner' | 'queue', events: readonly PositionedEvent[]): readonly string[] {
  const named = events.map(({ streamId }) => parseStreamId(streamId));
  return unique(named.map(({ aggregate, aggregateId }) => (aggregate === wanted ? aggregateId : null)));
}

function slotIds(events: readonly PositionedEvent[]): readonly string[] {
  return unique(events.map(({ streamId, data }) => (streamId.startsWith('slot-pool-') ? slotIdIn(data) : null)));
}

function slotIdIn(data: unknown): string | null {
  const named = typeof data === 'object' && data !== null && 'slotId' in data ? data.slotId : null;
  return typeof named === 'string' ? named : null;
}

function unique<Id extends string>(ids: readonly (Id | null)[]): readonly Id[] {
  return [...new Set(ids.filter((id) => id !== null))];
}
