import { parseStreamId } from '@necrocode/contracts';
import type { PositionedEvent } from '@necrocode/event-store';
import type { EntityManager } from 'typeorm';
import { namedInEvent } from './named-in-event.js';
import type { CancellationRow, JobRow, RunnerRow, SlotRow } from './rows.js';
import type { ChangedRows, Rows } from './working-set.js';

/** Every row the events may touch, in at most four statements whatever their number. */
export async function loadRows(tx: EntityManager, events: readonly PositionedEvent[]): Promise<Rows> {
  const names = events.map(namedInEvent);
  const jobIds = unique(names.map(({ jobId }) => jobId));
  const cancellationIds = unique(names.map(({ cancellationId }) => cancellationId));
  const [runners, slots] = [runnerIds(events), slotIds(events)];
  return {
    jobs: await rowsOf<JobRow>(tx, 'select * from gateway.job where job_id = any($1)', jobIds),
    cancellations:
      [...jobIds, ...cancellationIds].length === 0
        ? []
        : await tx.query<CancellationRow[]>(
            `select * from gateway.cancellation
       where cancellation_id = any($1) or (job_id = any($2) and completed_position is null)`,
            [cancellationIds, jobIds],
          ),
    runners: await rowsOf<RunnerRow>(tx, 'select * from gateway.runner where runner_id = any($1)', runners),
    slots: await rowsOf<SlotRow>(tx, 'select * from gateway.slot where slot_id = any($1)', slots),
  };
}

async function rowsOf<Row>(tx: EntityManager, statement: string, ids: readonly string[]): Promise<readonly Row[]> {
  return ids.length === 0 ? [] : tx.query<Row[]>(statement, [ids]);
}

/** Writes what changed, one statement per table. */
export async function saveRows(tx: EntityManager, changed: ChangedRows): Promise<void> {
  await upsert(tx, 'job', 'job_id', changed.jobs);
  await upsert(tx, 'cancellation', 'cancellation_id', changed.cancellations);
  await upsert(tx, 'runner', 'runner_id', changed.runners);
  await upsert(tx, 'slot', 'slot_id', changed.slots);
  await upsert(tx, 'timeline', 'position', changed.timeline);
}

const TABLES = ['job', 'cancellation', 'runner', 'slot', 'timeline'] as const;

export async function clearRows(tx: EntityManager): Promise<void> {
  await tx.query(`truncate ${TABLES.map((table) => `gateway.${table}`).join(', ')}`);
}

async function upsert(
  tx: EntityManager,
  table: (typeof TABLES)[number],
  key: string,
  rows: readonly object[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  const updates = columns.filter((column) => column !== key).map((column) => `${column} = excluded.${column}`);
  await tx.query(
    `insert into gateway.${table} (${columns.join(', ')})
     select ${columns.join(', ')} from json_populate_recordset(null::gateway.${table}, $1)
     on conflict (${key}) do update set ${updates.join(', ')}`,
    [JSON.stringify(rows)],
  );
}

function runnerIds(events: readonly PositionedEvent[]): readonly string[] {
  return unique(
    events.map(({ streamId }) => (streamId.startsWith('runner-') ? parseStreamId(streamId).aggregateId : null)),
  );
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
