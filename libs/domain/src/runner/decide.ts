import { Rejection } from '../rejection.js';
import { isSameOrphan, type Orphan } from './orphan.js';
import type { RunnerCommand, RunnerEvent, RunnerState } from './runner.js';

/** What may happen to a runner. */
export function decideRunner(command: RunnerCommand, state: RunnerState): readonly RunnerEvent[] {
  if (command.type === 'RegisterRunner') {
    const { runner, sessionId, at } = command;
    const sameSession = state.status !== 'unknown' && state.sessionId === sessionId;
    return sameSession && state.status !== 'lost' ? [] : [{ type: 'RunnerRegistered', runner, sessionId, at }];
  }
  if (state.status === 'unknown') throw new Rejection('runner-not-found', { runnerId: command.runnerId });
  switch (command.type) {
    case 'LoseRunner': {
      const { runnerId, lastHeardAt, at } = command;
      return state.status === 'lost' ? [] : [{ type: 'RunnerLost', runnerId, lastHeardAt, at }];
    }
    case 'HearRunner':
      return state.status === 'lost' ? [{ type: 'RunnerReturned', runnerId: command.runnerId, at: command.at }] : [];
    case 'DrainRunner': {
      const { runnerId, requestedBy, at } = command;
      return state.standing === 'ready' ? [{ type: 'RunnerDrained', runnerId, requestedBy, at }] : [];
    }
    case 'QuarantineRunner': {
      const { runnerId, executionId, survivors, at } = command;
      return state.unproven.includes(executionId)
        ? []
        : [{ type: 'RunnerQuarantined', runnerId, executionId, survivors, at }];
    }
    case 'RecordSurvivorsGone': {
      const { runnerId, executionId, at } = command;
      return state.unproven.includes(executionId) ? [{ type: 'RunnerSurvivorsGone', runnerId, executionId, at }] : [];
    }
    case 'TrustRunner': {
      const { runnerId, requestedBy, at } = command;
      return state.standing === 'quarantined' ? [{ type: 'RunnerTrusted', runnerId, requestedBy, at }] : [];
    }
    case 'RecordOrphanFound': {
      const { runnerId, orphan, processes, at } = command;
      return isOpen(state, orphan) ? [] : [{ type: 'RunnerOrphanFound', runnerId, orphan, processes, at }];
    }
    case 'RecordOrphanEnded': {
      const { runnerId, orphan, at } = command;
      return isOpen(state, orphan) ? [{ type: 'RunnerOrphanEnded', runnerId, orphan, at }] : [];
    }
    default:
      return command satisfies never;
  }
}

function isOpen({ orphans = [] }: Exclude<RunnerState, { status: 'unknown' }>, orphan: Orphan): boolean {
  return orphans.some((open) => isSameOrphan(open, orphan));
}
