import type { ExecutionEnding } from './execution.js';

/**
 * The ending of an execution whose runner was not heard for a whole lease. Nobody saw it: nothing is claimed that would need
 * evidence, least of all that it never started.
 */
export const assumedEnding: ExecutionEnding = {
  reason: 'fenced',
  exit: { code: null, signal: null },
  started: true,
  cancellationId: null,
  error: null,
  evidence: {
    containment: 'process-group',
    assurance: 'unconfirmed',
    signals: [],
    forced: false,
    peakProcesses: 0,
    survivors: 0,
    passes: 0,
    provenGoneAt: null,
  },
};
