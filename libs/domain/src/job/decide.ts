import { Rejection } from '../rejection.js';
import { conclude } from './conclude.js';
import { blockDispatch } from './block-dispatch.js';
import { dequeue } from './dequeue.js';
import { evolveJob } from './evolve.js';
import type { Job, JobState } from './job.js';
import type { JobCommand } from './job-command.js';
import type { JobEvent } from './job-event.js';
import { isFinalizer } from './finalizers.js';
import { enforceLimits, nextLimit } from './limits.js';
import { isParked, park, undoPark } from './park.js';
import { recordEnding } from './record-ending.js';
import { retry } from './retry.js';
import { taskOf } from './task-of.js';

type CommandOf<Type extends JobCommand['type']> = Extract<JobCommand, { type: Type }>;

/** What may happen to a job. Whatever a decision makes ready, skipped or finished follows in the same decision. */
export function decideJob(command: JobCommand, state: JobState): readonly JobEvent[] {
  if (command.type === 'SubmitJob') return submit(command, state);
  if (state.status === 'unknown') throw new Rejection('job-not-found');
  return settle(state, decideOnJob(command, state), command.at);
}

function decideOnJob(command: Exclude<JobCommand, { type: 'SubmitJob' }>, job: Job): readonly JobEvent[] {
  switch (command.type) {
    case 'AssignTask':
      return assign(command, job);
    case 'UnassignTask':
      return unassign(command, job);
    case 'RecordStart':
      return recordStart(command, job);
    case 'RecordEnding':
      return recordEnding(command, job);
    case 'BlockDispatch':
      return blockDispatch(command, job);
    case 'ParkTasks':
      return park(command, job);
    case 'UnparkTasks':
      return undoPark(command.cancellationId, command.at, job);
    case 'RetryJob':
      return retry(command, job);
    case 'DequeueJob':
      return dequeue(command, job);
    case 'EnforceLimits':
      return enforceLimits(command, job);
    default:
      return command satisfies never;
  }
}

/** The consequences inside the job: queued dependents, skipped dependents, the job's own end. */
function settle(job: Job, events: readonly JobEvent[], at: string): readonly JobEvent[] {
  if (events.length === 0) return events;
  const after = events.reduce<JobState>(evolveJob, job);
  return after.status === 'unknown' ? events : [...events, ...conclude(after, at)];
}

function submit({ jobId, spec, tasks, retryOf, at }: CommandOf<'SubmitJob'>, state: JobState): readonly JobEvent[] {
  if (state.status !== 'unknown') throw new Rejection('job-exists', { jobId });
  const submitted: JobEvent = { type: 'JobSubmitted', jobId, spec, tasks, ...(retryOf ? { retryOf } : {}), at };
  const job = evolveJob(state, submitted);
  return job.status === 'unknown' ? [submitted] : [submitted, ...conclude(job, at)];
}

function assign({ taskId, assignment, at }: CommandOf<'AssignTask'>, job: Job): readonly JobEvent[] {
  const task = taskOf(job, taskId);
  // An execution is one attempt: asked for again, also after it has ended, it is not begun a second time.
  if (task.executionIds.includes(assignment.executionId)) return [];
  const ready =
    task.progress.status === 'queued' || (task.progress.status === 'retrying' && task.progress.notBefore <= at);
  if (isParked(job, taskId)) throw new Rejection('task-not-assignable', { taskId, status: 'parked' });
  const late = !isFinalizer(task) && (job.overdue !== null || (nextLimit(job)?.dueAt ?? at) < at);
  if (!ready || late) throw new Rejection('task-not-assignable', { taskId, status: task.progress.status });
  const attempt = task.attempts + 1;
  return [{ type: 'TaskAssigned', jobId: job.jobId, taskId, assignment: { ...assignment, attempt }, at }];
}

function unassign({ taskId, executionId, because, at }: CommandOf<'UnassignTask'>, job: Job): readonly JobEvent[] {
  const { progress } = taskOf(job, taskId);
  const mine = progress.status === 'pending' && progress.assignment.executionId === executionId;
  return mine ? [{ type: 'TaskUnassigned', taskId, executionId, because, at }] : [];
}

function recordStart({ taskId, executionId, at }: CommandOf<'RecordStart'>, job: Job): readonly JobEvent[] {
  const { progress } = taskOf(job, taskId);
  const waiting = progress.status === 'pending' || (progress.status === 'cancelling' && !progress.started);
  if (!waiting || progress.assignment.executionId !== executionId) return [];
  return [{ type: 'TaskStarted', taskId, executionId, at }];
}
