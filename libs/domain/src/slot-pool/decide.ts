import type { SlotId } from '../ids.js';
import { Rejection } from '../rejection.js';
import type { Slot, SlotPool, SlotPoolCommand, SlotPoolEvent } from './slot-pool.js';

type CommandOf<Type extends SlotPoolCommand['type']> = Extract<SlotPoolCommand, { type: Type }>;

/** What may happen to a pool's slots: a slot has at most one holder, and is free again only when proven clean. */
export function decideSlotPool(command: SlotPoolCommand, state: SlotPool): readonly SlotPoolEvent[] {
  switch (command.type) {
    case 'AddSlots':
      return add(command, state);
    case 'LeaseSlot':
      return lease(command, state);
    case 'SoilSlot':
      return soil(command, state);
    case 'FreeSlot':
      return free(command, state);
    default:
      return command satisfies never;
  }
}

function add({ pool, slots, at }: CommandOf<'AddSlots'>, state: SlotPool): readonly SlotPoolEvent[] {
  const added = slots.filter((slot) => !state.slots.has(slot.slotId));
  return added.length === 0 ? [] : [{ type: 'SlotsAdded', pool, slots: added, at }];
}

function lease({ slotId, holder, at }: CommandOf<'LeaseSlot'>, state: SlotPool): readonly SlotPoolEvent[] {
  const { use, lastHolder } = slotOf(state, slotId);
  const { executionId, fencingToken } = holder;
  if (lastHolder?.executionId === executionId) return []; // Leased already, and perhaps given back since.
  if (use.status !== 'free') throw new Rejection('slot-not-free', { slotId, heldBy: use.holder.executionId });
  if (lastHolder && fencingToken < lastHolder.fencingToken) throw new Rejection('stale-token', { slotId, executionId });
  return [{ type: 'SlotLeased', pool: state.pool, slotId, holder, at }];
}

function soil({ slotId, executionId, foundBy, at }: CommandOf<'SoilSlot'>, state: SlotPool): readonly SlotPoolEvent[] {
  const { use } = slotOf(state, slotId);
  if (use.status !== 'leased' || use.holder.executionId !== executionId) return [];
  return [{ type: 'SlotSoiled', pool: state.pool, slotId, holder: use.holder, ...(foundBy && { foundBy }), at }];
}

function free({ slotId, executionId, evidence, at }: CommandOf<'FreeSlot'>, state: SlotPool): readonly SlotPoolEvent[] {
  const { use, kind } = slotOf(state, slotId);
  if (use.status === 'free' || use.holder.executionId !== executionId) return [];
  if (use.status === 'soiled' && kind === 'repository' && evidence === null)
    throw new Rejection('slot-not-free', { slotId, soiledBy: executionId });
  if (evidence && evidence.leftEntries > 0)
    throw new Rejection('slot-not-free', { slotId, left: evidence.leftEntries });
  return [{ type: 'SlotFreed', pool: state.pool, slotId, holder: use.holder, evidence, at }];
}

function slotOf(state: SlotPool, slotId: SlotId): Slot {
  const slot = state.slots.get(slotId);
  if (!slot) throw new Rejection('slot-not-found', { slotId });
  return slot;
}
