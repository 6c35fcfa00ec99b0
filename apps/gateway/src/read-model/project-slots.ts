import type { SlotHolder, SlotPoolEvent } from '@necrocode/domain';
import type { SlotRow } from './rows.js';

/** The slot rows an event of a pool changes. @param find the row as it is now */
export function projectSlots(event: SlotPoolEvent, find: (slotId: string) => SlotRow | undefined): readonly SlotRow[] {
  switch (event.type) {
    case 'SlotsAdded':
      return event.slots.map(({ slotId, runnerId, kind }) => ({
        slot_id: slotId,
        pool: event.pool,
        runner_id: runnerId,
        kind,
        status: 'free' as const,
        holder: null,
        since: event.at,
      }));
    case 'SlotLeased':
      return change(find(event.slotId), 'leased', event.holder, event.at);
    case 'SlotSoiled':
      return change(find(event.slotId), 'soiled', event.holder, event.at);
    case 'SlotFreed':
      return change(find(event.slotId), 'free', null, event.at);
    default:
      return event satisfies never;
  }
}

function change(
  row: SlotRow | undefined,
  status: SlotRow['status'],
  holder: SlotHolder | null,
  since: string,
): readonly SlotRow[] {
  if (!row) return [];
  if (!holder) return [{ ...row, status, holder: null, since }];
  const { executionId, jobId, taskId } = holder;
  return [{ ...row, status, holder: { executionId, jobId, taskId }, since }];
}
