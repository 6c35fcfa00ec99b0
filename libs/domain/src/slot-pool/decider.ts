import type { Decider } from '../decider.js';
import { decideSlotPool } from './decide.js';
import { emptyPool, evolveSlotPool } from './evolve.js';
import type { SlotPool, SlotPoolCommand, SlotPoolEvent } from './slot-pool.js';

export const slotPoolDecider: Decider<SlotPool, SlotPoolCommand, SlotPoolEvent> = {
  initial: emptyPool,
  decide: decideSlotPool,
  evolve: evolveSlotPool,
};
