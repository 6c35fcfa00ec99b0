import type { Decider } from '../decider.js';
import type { TaskId } from '../ids.js';
import { Rejection } from '../rejection.js';
import { jobDecider } from './decider.js';
import { isFinalizer } from './finalizers.js';
import { type Assignment, type Job, type JobCommand, type JobEvent, type JobState } from './job.js';

/** A job, and the execution each of its cancelled tasks and finalizers ended in: the job itself forgets it then. */
export interface DispatchedJob {
  readonly job: JobState;
  readonly endedIn: ReadonlyMap<TaskId, Assignment>;
}

export const dispatchedJobDecider: Decider<DispatchedJob, JobCommand, JobEvent> = {
  initial: { job: jobDecider.initial, endedIn: new Map() },
  decide: (command, { job }) => jobDecider.decide(command, job),
  evolve: (state, event) => ({
    job: jobDecider.evolve(state.job, event),
    endedIn: ENDS.has(event.type) && 'taskId' in event ? withLast(state, event) : state.endedIn,
  }),
};

const ENDS: ReadonlySet<JobEvent['type']> = new Set(['TaskCancelled', 'TaskCompleted', 'TaskFailed']);

function withLast(
  { job, endedIn }: DispatchedJob,
  { type, taskId }: Extract<JobEvent, { taskId: TaskId }>,
): ReadonlyMap<TaskId, Assignment> {
  const task = job.status === 'unknown' ? undefined : job.tasks.find(({ spec }) => spec.taskId === taskId);
  if (!task || !('assignment' in task.progress)) return endedIn;
  if (type !== 'TaskCancelled' && !isFinalizer(task)) return endedIn;
  return new Map([...endedIn, [taskId, task.progress.assignment]]);
}

/** @throws {Rejection} `job-not-found` */
export function knownJob({ job }: DispatchedJob): Job {
  if (job.status === 'unknown') throw new Rejection('job-not-found');
  return job;
}
