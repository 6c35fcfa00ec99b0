import type { Decider } from '../decider.js';
import type { Queue, QueueCommand, QueueEvent } from './queue.js';

export const queueDecider: Decider<Queue, QueueCommand, QueueEvent> = {
  initial: { paused: null },
  decide({ type, ...told }, { paused }) {
    switch (type) {
      case 'PauseQueue':
        return paused ? [] : [{ type: 'QueuePaused', ...told }];
      case 'ResumeQueue':
        return paused ? [{ type: 'QueueResumed', ...told }] : [];
      default:
        return type satisfies never;
    }
  },
  evolve(_, { type, requestedBy, at }) {
    switch (type) {
      case 'QueuePaused':
        return { paused: { since: at, requestedBy } };
      case 'QueueResumed':
        return { paused: null };
      default:
        return type satisfies never;
    }
  },
};
