import type { CleanupEvent, CleanupState } from './cleanup.js';

export const emptyReport = { artifacts: [], filesRemoved: 0, bytesFreed: 0, leftFiles: 0 };

/** What happened to a cleanup. Total; no rules. */
export function evolveCleanup(state: CleanupState, event: CleanupEvent): CleanupState {
  if (event.type === 'CleanupRequested')
    return { status: 'open', order: event.order, attempts: 0, retryAt: event.at, before: null };
  if (state.status === 'unknown') return state;
  switch (event.type) {
    case 'CleanupFailed':
      return state.status === 'open' ? { ...state, attempts: event.attempt, retryAt: event.retryAt } : state;
    case 'SlotProvenClean':
      return { status: 'done', order: state.order, attempts: state.attempts, report: emptyReport, doneAt: event.at };
    case 'CleanupCompleted':
      return { status: 'done', order: state.order, attempts: state.attempts, report: event.report, doneAt: event.at };
    case 'CleanupReopened':
      return state.status === 'done'
        ? { status: 'open', order: state.order, attempts: 0, retryAt: event.at, before: state.report }
        : state;
    default:
      return event satisfies never;
  }
}
