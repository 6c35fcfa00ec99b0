import type { Decider } from '../decider.js';
import { decideExecution } from './decide.js';
import { evolveExecution } from './evolve.js';
import type { ExecutionState, ExecutionCommand, ExecutionEvent } from './execution.js';

export const executionDecider: Decider<ExecutionState, ExecutionCommand, ExecutionEvent> = {
  initial: { status: 'unknown' },
  decide: decideExecution,
  evolve: evolveExecution,
};
