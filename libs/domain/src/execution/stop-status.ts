import type { ExecutionEnding, ExecutionState } from './execution.js';

export interface StopStatus {
  readonly status: 'terminating' | 'ended' | 'fenced' | 'unreachable';
  readonly ending: ExecutionEnding | null;
}

/** What is known of an execution that was asked to stop. @param reached whether its runner answered */
export function stopStatusOf(state: ExecutionState, reached: boolean): StopStatus {
  switch (state.status) {
    case 'ended':
      return { status: 'ended', ending: state.ending };
    case 'fenced':
      return { status: 'fenced', ending: null };
    case 'unknown':
    case 'running':
    case 'terminating':
      return { status: reached ? 'terminating' : 'unreachable', ending: null };
    default:
      return state satisfies never;
  }
}
