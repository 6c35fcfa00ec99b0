import type { Timestamp } from '../ids.js';
import type { RunnerEvent, RunnerStanding, RunnerState } from './runner.js';

/** What happened to a runner. Total; no rules. */
export function evolveRunner(state: RunnerState, event: RunnerEvent): RunnerState {
  if (event.type === 'RunnerRegistered') {
    const { runner, sessionId, at } = event;
    const same = state.status !== 'unknown' && state.sessionId === sessionId;
    const standing = same ? state.standing : 'ready';
    return { status: standing, standing, runner, sessionId, since: at };
  }
  if (state.status === 'unknown') return state;
  switch (event.type) {
    case 'RunnerLost':
      return { ...state, status: 'lost', since: event.at };
    case 'RunnerReturned':
      return { ...state, status: state.standing, since: event.at };
    case 'RunnerDrained':
      return withStanding(state, 'draining', event.at);
    case 'RunnerQuarantined':
      return withStanding(state, 'quarantined', event.at);
    default:
      return event satisfies never;
  }
}

function withStanding(state: Known, standing: RunnerStanding, at: Timestamp): RunnerState {
  return state.status === 'lost' ? { ...state, standing } : { ...state, status: standing, standing, since: at };
}

type Known = Exclude<RunnerState, { readonly status: 'unknown' }>;
