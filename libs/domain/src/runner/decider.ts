import type { Decider } from '../decider.js';
import { decideRunner } from './decide.js';
import { evolveRunner } from './evolve.js';
import type { RunnerState, RunnerCommand, RunnerEvent } from './runner.js';

export const runnerDecider: Decider<RunnerState, RunnerCommand, RunnerEvent> = {
  initial: { status: 'unknown' },
  decide: decideRunner,
  evolve: evolveRunner,
};
