import type { Decider } from '../decider.js';
import { decideCancellation } from './decide.js';
import { evolveCancellation } from './evolve.js';
import type { CancellationState, CancellationCommand, CancellationEvent } from './cancellation.js';

export const cancellationDecider: Decider<CancellationState, CancellationCommand, CancellationEvent> = {
  initial: { status: 'unknown' },
  decide: decideCancellation,
  evolve: evolveCancellation,
};
