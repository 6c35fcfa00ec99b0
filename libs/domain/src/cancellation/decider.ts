import type { Decider } from '../decider.js';
import { decideCancellation } from './decide.js';
import { evolveCancellation } from './evolve.js';
import type { CancellationState } from './cancellation.js';
import type { CancellationCommand } from './cancellation-command.js';
import type { CancellationEvent } from './cancellation-event.js';

export const cancellationDecider: Decider<CancellationState, CancellationCommand, CancellationEvent> = {
  initial: { status: 'unknown' },
  decide: decideCancellation,
  evolve: evolveCancellation,
};
