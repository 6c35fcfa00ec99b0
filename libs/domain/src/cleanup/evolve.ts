import type { CleanupEvent, CleanupState } from './cleanup.js';

export const emptyReport = { artifacts: [], filesRemoved: 0, bytesFreed: 0, leftFiles: 0 };

/** What happened to a cleanup. Total; no rules. */
export function evolveCleanup(state: CleanupState, event: CleanupEvent): CleanupState {
  if (event.type === 'CleanupRequested')
    return { status: 'open', order: event.order, attempts: 0, retryAt: event.at, again: null };
  if (state.status === 'unknown') return state;
  switch (event.type) {
    case 'CleanupFailed':
      return state.status === 'open' ? { ...state, attempts: event.attempt, retryAt: event.retryAt } : state;
    case 'SlotProvenClean':
      return { status: 'done', order: state.order, attempts: state.attempts, report: emptyReport, doneAt: event.at };
    case 'CleanupCompleted':
      return { status: 'done', order: state.order, attempts: state.attempts, report: event.report, doneAt: event.at };
    case 'CleanupReopened':
      return state.status === 'done' ? reopened(state, event) : state;
    default:
      return event satisfies never;
  }
}

function reopened(
  { order, report }: Extract<CleanupState, { status: 'done' }>,
  { foundAt, at }: Extract<CleanupEvent, { type: 'CleanupReopened' }>,
): CleanupState {
  return { status: 'open', order, attempts: 0, retryAt: at, again: { done: report, foundAt } };
}
