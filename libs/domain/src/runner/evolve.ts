import type { RunnerEvent, RunnerState } from './runner.js';

/** What happened to a runner. Total; no rules. */
export function evolveRunner(state: RunnerState, event: RunnerEvent): RunnerState {
  if (event.type === 'RunnerRegistered') {
    return { status: 'ready', runner: event.runner, sessionId: event.sessionId, since: event.at };
  }
  if (state.status === 'unknown') return state;
  switch (event.type) {
    case 'RunnerLost':
      return { ...state, status: 'lost', since: event.at };
    case 'RunnerReturned':
      return { ...state, status: 'ready', since: event.at };
    case 'RunnerDrained':
      return { ...state, status: 'draining', since: event.at };
    case 'RunnerQuarantined':
      return { ...state, status: 'quarantined', since: event.at };
    default:
      return event satisfies never;
  }
}
