import type { Decider } from '../decider.js';
import type { TaskId } from '../ids.js';
import { Rejection } from '../rejection.js';
import { jobDecider } from './decider.js';
import { isFinalizer } from './finalizers.js';
import { type Assignment, type Job, type JobState } from './job.js';
import type { JobCommand } from './job-command.js';
import type { JobEvent } from './job-event.js';

/** A job, and the executions its tasks ended in: the job itself forgets them then. */
export interface DispatchedJob {
  readonly job: JobState;
  /** The last one of each cancelled task and of each finalizer. */
  readonly endedIn: ReadonlyMap<TaskId, Assignment>;
  /** What ended by itself: of completed and failed tasks, and of attempts that were followed by another. */
  readonly earlier: readonly EarlierExecution[];
}

export interface EarlierExecution {
  readonly taskId: TaskId;
  readonly assignment: Assignment;
}

export const dispatchedJobDecider: Decider<DispatchedJob, JobCommand, JobEvent> = {
  initial: { job: jobDecider.initial, endedIn: new Map(), earlier: [] },
  decide: (command, { job }) => jobDecider.decide(command, job),
  evolve: (state, event) => ({ ...withEnd(state, event), job: jobDecider.evolve(state.job, event) }),
};

function withEnd(state: DispatchedJob, event: JobEvent): DispatchedJob {
  switch (event.type) {
    case 'TaskCancelled':
    case 'TaskCompleted':
    case 'TaskFailed':
    case 'TaskRetryScheduled':
      return withLast(state, event);
    default:
      return state;
  }
}

function withLast(
  state: DispatchedJob,
  { type, taskId }: Extract<JobEvent, { readonly taskId: TaskId }>,
): DispatchedJob {
  const { job, endedIn, earlier } = state;
  const task = job.status === 'unknown' ? undefined : job.tasks.find(({ spec }) => spec.taskId === taskId);
  if (!task || !('assignment' in task.progress)) return state;
  const { assignment } = task.progress;
  const answersForIt = type === 'TaskCancelled' || (type !== 'TaskRetryScheduled' && isFinalizer(task));
  return answersForIt
    ? { ...state, endedIn: new Map([...endedIn, [taskId, assignment]]) }
    : { ...state, earlier: [...earlier, { taskId, assignment }] };
}

/** @throws {Rejection} `job-not-found` */
export function knownJob({ job }: DispatchedJob): Job {
  if (job.status === 'unknown') throw new Rejection('job-not-found');
  return job;
}
