import type { SlotId, SlotPool, SlotPoolEvent } from '@necrocode/domain';
import type { CompanionStatement } from '@necrocode/event-store';
import { SCHEMA } from './schema.js';

/** The rows of the slots that events of one pool touched. @param pool after the last of the events */
export function slotRowStatements(events: readonly SlotPoolEvent[], pool: SlotPool): readonly CompanionStatement[] {
  const touched = new Set(events.flatMap(slotIdsOf));
  const slots = [...touched].flatMap((slotId) => pool.slots.get(slotId) ?? []);
  if (slots.length === 0) return [];
  const holders = slots.map(({ use }) => (use.status === 'free' ? null : use.holder));
  return [
    {
      text: `insert into ${SCHEMA}.slot (slot_id, pool, runner_id, status, execution_id, job_id)
             select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
             on conflict (slot_id) do update set
               status = excluded.status, execution_id = excluded.execution_id, job_id = excluded.job_id`,
      values: [
        slots.map(({ slotId }) => slotId),
        slots.map(() => pool.pool),
        slots.map(({ runnerId }) => runnerId),
        slots.map(({ use }) => use.status),
        holders.map((holder) => holder?.executionId ?? null),
        holders.map((holder) => holder?.jobId ?? null),
      ],
    },
  ];
}

function slotIdsOf(event: SlotPoolEvent): readonly SlotId[] {
  return event.type === 'SlotsAdded' ? event.slots.map(({ slotId }) => slotId) : [event.slotId];
}
