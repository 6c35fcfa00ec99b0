import { parseStreamId } from '@necrocode/contracts';
import type { PositionedEvent } from '@necrocode/event-store';
import type { EntityManager } from 'typeorm';
import { namedInEvent } from './named-in-event.js';
import type { BulkRow, CancellationRow, JobRow, QueueRow, RunnerRow, SlotRow } from './rows.js';
import type { ChangedRows, Rows } from './working-set.js';

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

/** A data source, or a transaction of one. */
export type Queryable = Pick<EntityManager, 'query'>;

/** The keys of every row that events may touch. */
export interface NamedRows {
  readonly job: readonly string[];
  readonly cancellation: readonly string[];
  readonly runner: readonly string[];
  readonly slot: readonly string[];
  readonly queue: readonly string[];
}

export function namedRows(events: readonly PositionedEvent[]): NamedRows {
  const names = events.map(namedInEvent);
  return {
    job: unique(names.map(({ jobId }) => jobId)),
    cancellation: unique(names.map(({ cancellationId }) => cancellationId)),
    runner: ownersOf('runner', events),
    slot: slotIds(events),
    queue: ownersOf('queue', events),
  };
}

/** In at most five statements whatever their number; of a job its open cancellations too. */
export async function readRows(db: Queryable, schema: RowsSchema, named: NamedRows): Promise<Rows> {
  const rowsOf = async <Row>(table: 'job' | 'runner' | 'slot' | 'queue'): Promise<readonly Row[]> =>
    named[table].length === 0
      ? []
      : db.query<Row[]>(`select * from ${schema}.${table} where ${TABLES[table]} = any($1)`, [named[table]]);
  const cancellations =
    named.job.length + named.cancellation.length === 0
      ? []
      : await db.query<(CancellationRow | BulkRow)[]>(
          `select * from ${schema}.cancellation
           where cancellation_id = any($1) or (job_id = any($2) and completed_position is null)`,
          [named.cancellation, named.job],
        );
  return {
    jobs: await rowsOf<JobRow>('job'),
    cancellations: cancellations.filter((row) => row.job_id !== null),
    bulks: cancellations.filter((row) => row.job_id === null),
    runners: await rowsOf<RunnerRow>('runner'),
    slots: await rowsOf<SlotRow>('slot'),
    queues: await rowsOf<QueueRow>('queue'),
  };
}

/**
 * What writes the changed rows, as parts of one statement: one for each table.
 * @param gate condition and values of it, on which every part depends
 */
export function saveParts(
  schema: RowsSchema,
  changed: ChangedRows,
  gate: { readonly where: string; readonly values: readonly unknown[] } = { where: '', values: [] },
): { readonly parts: readonly string[]; readonly values: unknown[] } {
  const tables: readonly (readonly [TableName, readonly object[]])[] = [
    ['job', changed.jobs],
    ['cancellation', [...changed.cancellations, ...changed.bulks]],
    ['runner', changed.runners],
    ['slot', changed.slots],
    ['queue', changed.queues],
    ['timeline', changed.timeline],
  ];
  const written = tables.filter(([, rows]) => rows.length > 0);
  const parts = written.map(([table, rows], index) => {
    const key = TABLES[table];
    const columns = Object.keys(rows[0] ?? {});
    const updates = columns.filter((column) => column !== key).map((column) => `${column} = excluded.${column}`);
    return `${table}_saved as (
      insert into ${schema}.${table} (${columns.join(', ')})
      select ${columns.join(', ')} from json_populate_recordset(null::${schema}.${table}, $${gate.values.length + index + 1})
      ${gate.where}
      on conflict (${key}) do update set ${updates.join(', ')})`;
  });
  return { parts, values: [...gate.values, ...written.map(([, rows]) => JSON.stringify(rows))] };
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
