import type { SlotPoolResource, SlotResource } from '@necrocode/contracts';
import type { SlotRow } from '../read-model/rows.js';

/** @param rows ordered by pool */
export function presentSlotPools(rows: readonly SlotRow[]): SlotPoolResource[] {
  const pools = new Map<string, SlotResource[]>();
  for (const row of rows) pools.set(row.pool, [...(pools.get(row.pool) ?? []), presentSlot(row)]);
  return [...pools].map(([pool, slots]) => {
    const count = (status: SlotResource['status']): number => slots.filter((slot) => slot.status === status).length;
    return { pool, free: count('free'), leased: count('leased'), soiled: count('soiled'), slots };
  });
}

function presentSlot({ slot_id, runner_id, kind, status, holder, since }: SlotRow): SlotResource {
  return { slotId: slot_id, runnerId: runner_id, kind, status, holder, since };
}
