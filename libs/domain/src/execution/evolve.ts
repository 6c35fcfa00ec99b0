import type { ExecutionEvent, ExecutionState } from './execution.js';

/** What happened to an execution. Total; no rules. */
export function evolveExecution(state: ExecutionState, event: ExecutionEvent): ExecutionState {
  switch (event.type) {
    case 'ExecutionStarted': {
      const known = {
        execution: event.execution,
        signals: [],
        startedAt: event.at,
        containment: event.containment,
      };
      return state.status === 'terminating'
        ? { ...state, startedAt: event.at, containment: event.containment }
        : { ...known, status: 'running', stop: null };
    }
    case 'ExecutionStopRequested':
      return state.status === 'unknown'
        ? {
            status: 'terminating',
            execution: event.execution,
            stop: event.stop,
            signals: [],
            startedAt: null,
            containment: null,
          }
        : { ...state, status: 'terminating', stop: event.stop };
    case 'ExecutionSignalled':
    case 'ExecutionForceKilled':
      return state.status === 'unknown' ? state : { ...state, signals: [...state.signals, event.evidence] };
    case 'ExecutionFenced':
      return {
        ...knownOr(state, event.execution),
        status: 'fenced',
        fencedAt: event.at,
      };
    case 'ExecutionEnded':
      return {
        ...knownOr(state, event.execution),
        status: 'ended',
        ending: event.ending,
        endedAt: event.at,
      };
    case 'StaleReportNoted':
      return state;
    default:
      return event satisfies never;
  }
}

function knownOr(
  state: ExecutionState,
  execution: Extract<ExecutionEvent, { type: 'ExecutionEnded' }>['execution'],
): Omit<Exclude<ExecutionState, { status: 'unknown' }>, 'status'> {
  return state.status === 'unknown'
    ? { execution, stop: null, signals: [], startedAt: null, containment: null }
    : state;
}
