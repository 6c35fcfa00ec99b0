import type { Timestamp } from '../ids.js';
import type { CleanupCommand, CleanupEvent, CleanupState } from './cleanup.js';

/** Back-off between attempts: 0.2 s doubling to 30 s, for ever. A cleanup that fails never undoes anything else. */
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 30_000;

/** What may happen to a cleanup. */
export function decideCleanup(command: CleanupCommand, state: CleanupState): readonly CleanupEvent[] {
  if (command.type === 'RequestCleanup') {
    return state.status === 'unknown' ? [{ type: 'CleanupRequested', order: command.order, at: command.at }] : [];
  }
  if (state.status !== 'open') return [];
  const { order } = state;
  const { jobId } = order;
  const { at } = command;
  switch (command.type) {
    case 'RecordCleanupFailure': {
      const attempt = state.attempts + 1;
      const retryAt = later(at, Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1)));
      return [{ type: 'CleanupFailed', jobId, attempt, error: command.error, retryAt, at }];
    }
    case 'RecordSlotClean': {
      if (order.kind !== 'slot') return [];
      const { executionId, pool, slotId } = order;
      return [{ type: 'SlotProvenClean', jobId, executionId, pool, slotId, evidence: command.evidence, at }];
    }
    case 'RecordCleanupDone':
      return [{ type: 'CleanupCompleted', jobId, kind: order.kind, report: command.report, at }];
    default:
      return command satisfies never;
  }
}

function later(at: Timestamp, ms: number): Timestamp {
  return new Date(Date.parse(at) + ms).toISOString();
}
