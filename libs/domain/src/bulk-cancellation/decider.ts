import type { Decider } from '../decider.js';
import type { BulkCommand, BulkEvent, BulkState } from './bulk-cancellation.js';
import { decideBulk } from './decide.js';
import { evolveBulk } from './evolve.js';

export const bulkDecider: Decider<BulkState, BulkCommand, BulkEvent> = {
  initial: { status: 'unknown' },
  decide: decideBulk,
  evolve: evolveBulk,
};
