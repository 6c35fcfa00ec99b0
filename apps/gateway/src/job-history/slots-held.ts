import type { JobAsItWas } from '@necrocode/contracts';
import type { SlotPoolEvent } from '@necrocode/domain';
import { type StoredEvent, toDomainEvent } from '@necrocode/event-store';

type HeldSlot = JobAsItWas['slots'][number];

/** The slots that are still held after these events of slot pools, oldest lease first. */
export function slotsHeld(events: readonly StoredEvent[]): readonly HeldSlot[] {
  const held = new Map<string, HeldSlot>();
  for (const stored of events) {
    const event = toDomainEvent<SlotPoolEvent>(stored);
    if (event.type === 'SlotLeased') held.set(event.slotId, slotOf(event, 'leased'));
    else if (event.type === 'SlotSoiled') held.set(event.slotId, slotOf(event, 'soiled'));
    else if (event.type === 'SlotFreed') held.delete(event.slotId);
  }
  return [...held.values()];
}

function slotOf(
  { pool, slotId, holder, at }: Extract<SlotPoolEvent, { type: 'SlotLeased' | 'SlotSoiled' }>,
  status: HeldSlot['status'],
): HeldSlot {
  return { pool, slotId, status, executionId: holder.executionId, taskId: holder.taskId, since: at };
}
