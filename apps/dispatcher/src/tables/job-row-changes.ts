import {
  type BatchId,
  type ExecutionId,
  isFinalizer,
  isParked,
  isWaiting,
  type Job,
  type JobEvent,
  type JobId,
  type JobStatus,
  lookAt,
  type Needs,
  needsOf,
  type RunnerId,
  type Task,
  type TaskId,
  type Timestamp,
} from '@necrocode/domain';
import { pauseAfterRefusals } from './pause-after-refusals.js';

export interface ReadyRow extends Needs {
  readonly jobId: JobId;
  readonly priority: number;
  /** Of the job: the older job goes first, however late a task of it became ready. */
  readonly submittedAt: Timestamp;
  readonly notBefore: Timestamp;
  readonly slotPool: string | null;
}

export interface AssignmentRow {
  readonly jobId: JobId;
  readonly executionId: ExecutionId;
  readonly runnerId: RunnerId;
}

/** An open job's row: what bulk cancellations select by. */
export interface OpenJobRow {
  readonly queue: string;
  readonly owner: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly batchId: BatchId | null;
  readonly state: JobStatus;
  /** Nothing of it was ever assigned. */
  readonly waiting: boolean;
  readonly submittedAt: Timestamp;
}

/** `events` were appended with the change: the row's stream version grows by as many. */
export type OpenJobChange =
  { readonly kind: 'opened' | 'moved'; readonly row: OpenJobRow; readonly events: number } | { readonly kind: 'ended' };

/** What the rows of jobs become; null deletes a row. Keyed, so of several changes of one row the last stands. */
export interface JobRowChanges {
  readonly jobs: ReadonlyMap<JobId, OpenJobChange>;
  readonly tasks: ReadonlyMap<TaskId, JobId>;
  readonly ready: ReadonlyMap<TaskId, ReadyRow | null>;
  readonly assignments: ReadonlyMap<TaskId, AssignmentRow | null>;
  /** Whether the start of an execution is still to be driven. */
  readonly starts: ReadonlyMap<ExecutionId, boolean>;
  readonly placements: ReadonlyMap<JobId, RunnerId | null>;
  /** When a job's limits are to be looked at. */
  readonly limits: ReadonlyMap<JobId, Timestamp | null>;
}

/**
 * What events of one job mean for the dispatcher's rows. Pure; the same for an append and for a rebuild.
 * @param job after the last of the events
 */
export function jobRowChanges(events: readonly JobEvent[], job: Job): JobRowChanges {
  const changes = {
    jobs: new Map(events.length === 0 ? [] : [[job.jobId, openJobChange(events, job)]]),
    tasks: new Map<TaskId, JobId>(),
    ready: new Map<TaskId, ReadyRow | null>(),
    assignments: new Map<TaskId, AssignmentRow | null>(),
    starts: new Map<ExecutionId, boolean>(),
    placements: new Map<JobId, RunnerId | null>(),
    limits: new Map<JobId, Timestamp | null>(),
  };
  const byId = new Map(job.tasks.map((task) => [task.spec.taskId, task]));
  const needs = needsOf(job.tasks);
  for (const event of events) apply(event);
  if (hasLimits(job) && events.some(({ type }) => MOVES_LIMITS.has(type))) {
    changes.limits.set(job.jobId, lookAt(job));
  }
  return changes;

  function apply(event: JobEvent): void {
    switch (event.type) {
      case 'JobSubmitted':
        for (const { taskId } of event.tasks) changes.tasks.set(taskId, job.jobId);
        // It goes where the artifacts are that it takes over.
        if (event.retryOf?.runnerId) changes.placements.set(job.jobId, event.retryOf.runnerId);
        return;
      case 'TaskQueued':
        return makeReady(event.taskId, event.at);
      case 'TaskAssigned': {
        const { executionId, runnerId } = event.assignment;
        changes.ready.set(event.taskId, null);
        changes.assignments.set(event.taskId, { jobId: job.jobId, executionId, runnerId });
        changes.starts.set(executionId, true);
        changes.placements.set(job.jobId, job.runnerId);
        return;
      }
      case 'TaskUnassigned': {
        makeReady(event.taskId, later(event.at, pauseAfterRefusals(byId.get(event.taskId))));
        changes.assignments.set(event.taskId, null);
        changes.starts.set(event.executionId, false);
        return;
      }
      case 'TaskStarted':
      case 'TaskCancellationStarted':
        changes.starts.set(event.executionId, false);
        return;
      case 'TaskRetryScheduled':
        makeReady(event.taskId, event.notBefore);
        changes.assignments.set(event.taskId, null);
        changes.starts.set(event.executionId, false);
        return;
      case 'TaskCompleted':
      case 'TaskFailed':
        changes.assignments.set(event.taskId, null);
        changes.starts.set(event.executionId, false);
        return;
      case 'TaskCancelled': {
        const last = byId.get(event.taskId)?.executionIds.at(-1);
        changes.ready.set(event.taskId, null);
        changes.assignments.set(event.taskId, null);
        if (last !== undefined) changes.starts.set(last, false);
        return;
      }
      case 'TasksParked':
        for (const taskId of event.taskIds) changes.ready.set(taskId, null);
        return;
      case 'TasksUnparked':
        for (const taskId of event.taskIds) makeReadyAgain(taskId, event.at);
        return;
      case 'JobUnplaced':
      case 'JobCompleted':
      case 'JobFailed':
        changes.placements.set(job.jobId, null);
        return;
      case 'JobCancelled':
        // Every task that was waiting went with it; no other row can stand for a job nothing was assigned of.
        if (event.dequeued) for (const taskId of byId.keys()) changes.ready.set(taskId, null);
        else changes.placements.set(job.jobId, null);
        return;
      case 'FinalizerGivenUp':
        changes.ready.set(event.taskId, null);
        return;
      case 'TaskSkipped':
      case 'DispatchBlocked':
      case 'JobLimitReached':
      case 'LateReportNoted':
      case 'JobRetried':
        return;
      default:
        return event satisfies never;
    }
  }

  /** What an undo window parks is nobody's to assign, whatever becomes ready meanwhile. */
  function makeReady(taskId: TaskId, notBefore: Timestamp): void {
    changes.ready.set(taskId, isParked(job, taskId) ? null : readyRow(job, needs, byId.get(taskId), notBefore));
  }

  function makeReadyAgain(taskId: TaskId, at: Timestamp): void {
    const progress = byId.get(taskId)?.progress;
    if (progress?.status === 'queued') makeReady(taskId, at);
    if (progress?.status === 'retrying') makeReady(taskId, progress.notBefore);
  }
}

const MOVES_LIMITS: ReadonlySet<JobEvent['type']> = new Set([
  'JobSubmitted',
  'TaskQueued',
  'TaskAssigned',
  'TaskUnassigned',
  'TaskStarted',
  'JobCompleted',
  'JobFailed',
  'JobCancelled',
]);

function hasLimits({ spec, tasks }: Job): boolean {
  return spec.timeouts !== undefined || spec.deadline !== undefined || tasks.some(isFinalizer);
}

/** The changes of many jobs as one, so that each table is written by one statement. */
export function mergeChanges(all: readonly JobRowChanges[]): JobRowChanges {
  return {
    jobs: new Map(all.flatMap(({ jobs }) => [...jobs])),
    tasks: new Map(all.flatMap(({ tasks }) => [...tasks])),
    ready: new Map(all.flatMap(({ ready }) => [...ready])),
    assignments: new Map(all.flatMap(({ assignments }) => [...assignments])),
    starts: new Map(all.flatMap(({ starts }) => [...starts])),
    placements: new Map(all.flatMap(({ placements }) => [...placements])),
    limits: new Map(all.flatMap(({ limits }) => [...limits])),
  };
}

function openJobChange(events: readonly JobEvent[], job: Job): OpenJobChange {
  if (job.endedAt !== null) return { kind: 'ended' };
  const { queue, owner, labels, batchId = null } = job.spec;
  const { status: state, submittedAt } = job;
  const row = { queue, owner, labels, batchId, state, waiting: isWaiting(job), submittedAt };
  return { kind: events[0]?.type === 'JobSubmitted' ? 'opened' : 'moved', row, events: events.length };
}

function readyRow(job: Job, needs: Needs, task: Task | undefined, notBefore: Timestamp): ReadyRow {
  const { jobId, submittedAt } = job;
  return {
    jobId,
    priority: job.spec.priority,
    submittedAt,
    notBefore,
    slotPool: task?.spec.slotPool ?? null,
    ...needs,
  };
}

function later(at: Timestamp, ms: number): Timestamp {
  return new Date(Date.parse(at) + ms).toISOString();
}
