import type { RunnerId, RunnerState, SlotId } from '@necrocode/domain';
import type { CompanionStatement } from '@necrocode/event-store';
import { SCHEMA } from '../tables/schema.js';

export interface RunnerRow {
  readonly runnerId: RunnerId;
  readonly status: Exclude<RunnerState['status'], 'unknown'>;
  readonly capacity: number;
  readonly slotIds: readonly SlotId[];
  readonly handlers: readonly string[];
}

/** Null for a runner nobody has heard of. */
export function runnerRow(state: RunnerState): RunnerRow | null {
  if (state.status === 'unknown') return null;
  const { runnerId, capacity, slots, handlers = [] } = state.runner;
  return { runnerId, status: state.status, capacity, slotIds: slots.map(({ slotId }) => slotId), handlers };
}

/** @param version of the runner's stream: what was folded from less than is there already is left out */
export function runnerRowStatement(row: RunnerRow, version: number): CompanionStatement {
  return {
    text: `insert into ${SCHEMA}.runner as known (runner_id, status, capacity, slot_ids, version, handlers)
           values ($1, $2, $3, $4, $5, $6)
           on conflict (runner_id) do update set
             status = excluded.status, capacity = excluded.capacity,
             slot_ids = excluded.slot_ids, version = excluded.version, handlers = excluded.handlers
           where known.version < excluded.version`,
    values: [row.runnerId, row.status, row.capacity, row.slotIds, version, row.handlers],
  };
}
