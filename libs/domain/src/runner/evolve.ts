import { isSameOrphan } from './orphan.js';
import type { RunnerEvent, RunnerState } from './runner.js';

/** What happened to a runner. Total; no rules. */
export function evolveRunner(state: RunnerState, event: RunnerEvent): RunnerState {
  if (event.type === 'RunnerRegistered') {
    const { runner, sessionId, at: since } = event;
    const same = state.status !== 'unknown' && state.sessionId === sessionId;
    const { isDrained, unproven, orphans } = same ? state : { ...begun, unproven: runner.unproven ?? [] };
    return standing({ runner, sessionId, isDrained, unproven, orphans: orphans ?? [], since }, true);
  }
  if (state.status === 'unknown') return state;
  const isHeard = state.status !== 'lost';
  switch (event.type) {
    case 'RunnerLost':
      return standing({ ...state, since: event.at }, false);
    case 'RunnerReturned':
      return standing({ ...state, since: event.at }, true);
    case 'RunnerDrained':
      return changed(state, { ...state, isDrained: true }, event, isHeard);
    case 'RunnerQuarantined':
      return changed(state, { ...state, unproven: [...state.unproven, event.executionId] }, event, isHeard);
    case 'RunnerSurvivorsGone': {
      const unproven = state.unproven.filter((executionId) => executionId !== event.executionId);
      return changed(state, { ...state, unproven }, event, isHeard);
    }
    case 'RunnerTrusted':
      return changed(state, { ...state, unproven: [] }, event, isHeard);
    case 'RunnerOrphanFound':
      return { ...state, orphans: [...(state.orphans ?? []), event.orphan] };
    case 'RunnerOrphanEnded':
      return { ...state, orphans: (state.orphans ?? []).filter((open) => !isSameOrphan(open, event.orphan)) };
    default:
      return event satisfies never;
  }
}

/** A new session looks anew. */
const begun = { isDrained: false, orphans: [] } as const;

type Known = Exclude<RunnerState, { readonly status: 'unknown' }>;
type Facts = Omit<Known, 'status' | 'standing'>;

function standing(facts: Facts, isHeard: boolean): Known {
  const { runner, sessionId, isDrained, unproven, orphans = [], since } = facts;
  const drainedOrReady = isDrained ? 'draining' : 'ready';
  const now = unproven.length > 0 ? 'quarantined' : drainedOrReady;
  return { status: isHeard ? now : 'lost', standing: now, runner, sessionId, isDrained, unproven, orphans, since };
}

/** Since when it has the status it has. */
function changed(before: Known, facts: Facts, { at }: RunnerEvent, isHeard: boolean): Known {
  const after = standing(facts, isHeard);
  return after.status === before.status ? after : { ...after, since: at };
}
