import type { ExecutionEvent, ExecutionIdentity, ExecutionState } from './execution.js';

/** What happened to an execution. Total; no rules. */
export function evolveExecution(state: ExecutionState, event: ExecutionEvent): ExecutionState {
  switch (event.type) {
    case 'ExecutionStarted': {
      const { at: startedAt, containment } = event;
      return state.status === 'unknown'
        ? { ...known(event.execution), status: 'running', startedAt, containment }
        : { ...state, startedAt, containment };
    }
    case 'ExecutionStopRequested':
      return state.status === 'unknown'
        ? { ...known(event.execution), status: 'terminating', stop: event.stop }
        : { ...state, status: 'terminating', stop: event.stop };
    case 'ExecutionSignalled':
    case 'ExecutionForceKilled':
      return state.status === 'unknown' ? state : { ...state, signals: [...state.signals, event.evidence] };
    case 'ExecutionFrozen':
      return state.status === 'unknown' ? state : { ...state, frozenAt: event.at };
    case 'ExecutionThawed':
      return state.status === 'unknown' ? state : { ...state, frozenAt: null };
    case 'ExecutionFenced':
      return {
        ...(state.status === 'unknown' ? known(event.execution) : state),
        status: 'fenced',
        fencedAt: event.at,
      };
    case 'ExecutionEnded':
      return {
        ...(state.status === 'unknown' ? known(event.execution) : state),
        status: 'ended',
        ending: event.ending,
        endedAt: event.at,
      };
    case 'StaleReportNoted': {
      const { report, fencingToken } = event;
      return state.status === 'unknown' ? state : { ...state, stale: [...state.stale, { report, fencingToken }] };
    }
    default:
      return event satisfies never;
  }
}

function known(execution: ExecutionIdentity): Omit<Exclude<ExecutionState, { status: 'unknown' }>, 'status'> {
  return { execution, stop: null, signals: [], startedAt: null, containment: null, frozenAt: null, stale: [] };
}
