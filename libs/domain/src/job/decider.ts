import type { Decider } from '../decider.js';
import { decideJob } from './decide.js';
import { evolveJob } from './evolve.js';
import type { JobState } from './job.js';
import type { JobCommand } from './job-command.js';
import type { JobEvent } from './job-event.js';

export const jobDecider: Decider<JobState, JobCommand, JobEvent> = {
  initial: { status: 'unknown' },
  decide: decideJob,
  evolve: evolveJob,
};
