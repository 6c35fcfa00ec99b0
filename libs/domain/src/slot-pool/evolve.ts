import type { SlotId } from '../ids.js';
import type { Slot, SlotPool, SlotPoolEvent } from './slot-pool.js';

export const emptyPool: SlotPool = { pool: '', slots: new Map() };

/** What happened to a pool's slots. Total; no rules. */
export function evolveSlotPool(state: SlotPool, event: SlotPoolEvent): SlotPool {
  switch (event.type) {
    case 'SlotsAdded': {
      const added = event.slots.map((slot): [SlotId, Slot] => [
        slot.slotId,
        { ...slot, use: { status: 'free' }, lastHolder: null },
      ]);
      return { pool: event.pool, slots: new Map([...state.slots, ...added]) };
    }
    case 'SlotLeased':
      return change(state, event.slotId, {
        use: { status: 'leased', holder: event.holder },
        lastHolder: event.holder,
      });
    case 'SlotSoiled':
      return change(state, event.slotId, { use: { status: 'soiled', holder: event.holder } });
    case 'SlotFreed':
      return change(state, event.slotId, { use: { status: 'free' } });
    default:
      return event satisfies never;
  }
}

function change(state: SlotPool, slotId: SlotId, next: Partial<Slot>): SlotPool {
  const slot = state.slots.get(slotId);
  return slot ? { ...state, slots: new Map([...state.slots, [slotId, { ...slot, ...next }]]) } : state;
}
