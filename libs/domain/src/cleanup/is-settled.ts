import type { ExecutionEnding, ExecutionState } from '../execution/execution.js';

/**
 * Whether nothing of an execution can write any more: it never was, or it has ended with proof. One that is fenced may be
 * alive on a runner nobody can reach; one that was not seen gone may be followed by an ending that proves it.
 */
export function isSettled(state: ExecutionState): boolean {
  switch (state.status) {
    case 'unknown':
      return true;
    case 'ended':
      return isProvenGone(state.ending);
    case 'running':
    case 'terminating':
    case 'fenced':
      return false;
    default:
      return state satisfies never;
  }
}

/** Nothing ran, or all that ran was seen gone. */
export function isProvenGone({ started, evidence }: ExecutionEnding): boolean {
  return !started || evidence.provenGoneAt !== null;
}
