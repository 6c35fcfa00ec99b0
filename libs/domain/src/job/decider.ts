import type { Decider } from '../decider.js';
import { decideJob } from './decide.js';
import { evolveJob } from './evolve.js';
import type { JobState, JobCommand, JobEvent } from './job.js';

export const jobDecider: Decider<JobState, JobCommand, JobEvent> = {
  initial: { status: 'unknown' },
  decide: decideJob,
  evolve: evolveJob,
};
