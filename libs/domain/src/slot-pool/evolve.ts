import type { SlotId } from '../ids.js';
import type { Slot, SlotPool, SlotPoolEvent, SlotUse } from './slot-pool.js';

export const emptyPool: SlotPool = { pool: '', slots: new Map() };

/** What happened to a pool's slots. Total; no rules. */
export function evolveSlotPool(state: SlotPool, event: SlotPoolEvent): SlotPool {
  switch (event.type) {
    case 'SlotsAdded': {
      const added = event.slots.map((slot): [SlotId, Slot] => [slot.slotId, { ...slot, use: { status: 'free' } }]);
      return { pool: event.pool, slots: new Map([...state.slots, ...added]) };
    }
    case 'SlotLeased':
      return use(state, event.slotId, { status: 'leased', holder: event.holder });
    case 'SlotSoiled':
      return use(state, event.slotId, { status: 'soiled', holder: event.holder });
    case 'SlotFreed':
      return use(state, event.slotId, { status: 'free' });
    default:
      return event satisfies never;
  }
}

function use(state: SlotPool, slotId: SlotId, next: SlotUse): SlotPool {
  const slot = state.slots.get(slotId);
  return slot ? { ...state, slots: new Map([...state.slots, [slotId, { ...slot, use: next }]]) } : state;
}
