import { DispatchTables1 } from './1-dispatch-tables.js';
import { OpenJobs2 } from './2-open-jobs.js';
import { Handlers3 } from './3-handlers.js';
import { JobLimits4 } from './4-job-limits.js';
import { PausedQueues5 } from './5-paused-queues.js';
import { SlotPools6 } from './6-slot-pools.js';

/** Oldest first. */
export const migrations = [DispatchTables1, OpenJobs2, Handlers3, JobLimits4, PausedQueues5, SlotPools6] as const;
