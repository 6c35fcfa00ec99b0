import type { CleanupEvent, CleanupState } from './cleanup.js';

export const emptyReport = { artifacts: [], filesRemoved: 0, bytesFreed: 0, leftFiles: 0 };

/** What happened to a cleanup. Total; no rules. */
export function evolveCleanup(state: CleanupState, event: CleanupEvent): CleanupState {
  if (event.type === 'CleanupRequested') return { status: 'open', order: event.order, attempts: 0, retryAt: event.at };
  if (state.status === 'unknown') return state;
  switch (event.type) {
    case 'CleanupFailed':
      return state.status === 'open' ? { ...state, attempts: event.attempt, retryAt: event.retryAt } : state;
    case 'SlotProvenClean':
      return { status: 'done', order: state.order, attempts: state.attempts, report: emptyReport };
    case 'CleanupCompleted':
      return { status: 'done', order: state.order, attempts: state.attempts, report: event.report };
    default:
      return event satisfies never;
  }
}
