import type { CleanupEvent } from '../cleanup/cleanup.js';
import type { ExecutionEvent } from '../execution/execution.js';
import type { JobEvent } from '../job/job-event.js';
import type { QueueEvent } from '../queue/queue.js';
import { RUNNER_EVENTS, type RunnerEvent } from '../runner/runner.js';
import type { SlotPoolEvent } from '../slot-pool/slot-pool.js';

/** What makes room or work for an assignment, whoever appended it: a replica may have died before it could assign. */
const MAKES_ROOM = [
  'TaskQueued',
  'TaskUnassigned',
  'TaskRetryScheduled',
  'TaskCompleted',
  'TaskFailed',
  'TaskCancelled',
  'SlotsAdded',
  'SlotFreed',
  'QueueResumed',
] as const satisfies readonly (JobEvent | SlotPoolEvent | QueueEvent)['type'][];

/** What the streams of jobs and slots take in from others. */
const TAKEN_IN = [
  'ExecutionStarted',
  'ExecutionEnded',
  'ExecutionFenced',
  'SlotProvenClean',
  ...RUNNER_EVENTS,
] as const satisfies readonly (ExecutionEvent | CleanupEvent | RunnerEvent)['type'][];

const roomMakers: ReadonlySet<string> = new Set(MAKES_ROOM);

export function makesRoom(type: string): boolean {
  return roomMakers.has(type);
}

/** Types of events a dispatcher reacts to; nothing else is read. */
export const DISPATCHER_HEARS: ReadonlySet<string> = new Set([...MAKES_ROOM, ...TAKEN_IN]);
