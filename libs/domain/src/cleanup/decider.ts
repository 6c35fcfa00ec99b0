import type { Decider } from '../decider.js';
import { decideCleanup } from './decide.js';
import { evolveCleanup } from './evolve.js';
import type { CleanupState, CleanupCommand, CleanupEvent } from './cleanup.js';

export const cleanupDecider: Decider<CleanupState, CleanupCommand, CleanupEvent> = {
  initial: { status: 'unknown' },
  decide: decideCleanup,
  evolve: evolveCleanup,
};
