import type { Job, JobState, SubmittedTask, Task, TaskProgress } from './job.js';
import type { JobEvent } from './job-event.js';
import { isFinalizer } from './finalizers.js';
import { placeOf } from './place-of.js';
import type { RunnerId, TaskId, Timestamp } from '../ids.js';

const GIVEN_UP = { code: 'finalizer-not-started', message: 'no runner took the finalizer within its timeoutMs' };

type TaskEvent = Extract<JobEvent, { taskId: TaskId }>;

/** What happened to a job. Total; no rules. */
export function evolveJob(state: JobState, event: JobEvent): JobState {
  if (event.type === 'JobSubmitted') return submitted(event);
  if (state.status === 'unknown') return state;
  switch (event.type) {
    case 'DispatchBlocked': {
      const { cancellationId, scope, taskIds, spared } = event;
      const blocked = { cancellationId, scope, taskIds, ...(spared ? { spared } : {}) };
      const cancellations = [...state.cancellations, blocked];
      return { ...state, cancellations, status: scope === 'job' ? 'cancelling' : state.status };
    }
    case 'TasksParked': {
      const { cancellationId, taskIds } = event;
      return { ...state, parked: [...state.parked, { cancellationId, taskIds, released: false }] };
    }
    case 'TasksUnparked': {
      const { cancellationId, taskIds } = event;
      const others = state.parked.filter((each) => each.cancellationId !== cancellationId);
      return { ...state, parked: [...others, { cancellationId, taskIds, released: true }] };
    }
    case 'JobUnplaced':
      return { ...state, leftRunnerIds: [...state.leftRunnerIds, event.runnerId] };
    case 'JobRetried':
      return { ...state, retriedBy: event.retriedBy };
    case 'JobCompleted':
      return { ...state, status: 'completed', endedAt: event.at };
    case 'JobFailed':
      return { ...state, status: 'failed', error: event.error, endedAt: event.at };
    case 'JobCancelled': {
      const { neverStarted, at } = event;
      return {
        ...(event.dequeued ? withoutTasks(state, event) : state),
        status: 'cancelled',
        neverStarted,
        endedAt: at,
      };
    }
    case 'JobLimitReached': {
      const { limit, dueAt, cancellationId } = event;
      return { ...state, overdue: { limit, dueAt, reachedAt: event.at, cancellationId } };
    }
    default:
      return withStatus(evolveTask(state, event));
  }
}

/** Blocked and cancelled with its job, every task that had not ended before. */
function withoutTasks(
  job: Job,
  { cancellationId, neverStarted, at }: Extract<JobEvent, { type: 'JobCancelled' }>,
): Job {
  const taskIds = job.tasks.map(({ spec }) => spec.taskId);
  const progress = { status: 'cancelled', cancellationId, neverStarted, endedAt: at } as const;
  return {
    ...job,
    cancellations: [...job.cancellations, { cancellationId, scope: 'job', taskIds }],
    tasks: job.tasks.map((task) => ('endedAt' in task.progress ? task : { ...task, progress })),
  };
}

function submitted(event: Extract<JobEvent, { type: 'JobSubmitted' }>): Job {
  return {
    status: 'queued',
    jobId: event.jobId,
    spec: event.spec,
    tasks: event.tasks.map((spec) => ({
      spec,
      progress: firstProgress(spec, event.at),
      attempts: 0,
      executionIds: [],
      unheard: [],
    })),
    cancellations: [],
    parked: [],
    runnerId: null,
    leftRunnerIds: [],
    error: null,
    overdue: null,
    retryOf: event.retryOf ?? null,
    retriedBy: null,
    finalizingSince: null,
    neverStarted: null,
    submittedAt: event.at,
    startedAt: null,
    endedAt: null,
  };
}

function firstProgress({ reusedFrom }: SubmittedTask, at: Timestamp): TaskProgress {
  if (reusedFrom === undefined) return { status: 'blocked' };
  const result = 'result' in reusedFrom ? { result: reusedFrom.result } : {};
  return { status: 'completed', endedAt: at, ...result };
}

function evolveTask(job: Job, event: TaskEvent): Job {
  // One copy of the list and no more: a stream of a large job is folded for every command.
  const index = job.tasks.findIndex((task) => task.spec.taskId === event.taskId);
  const task = job.tasks[index];
  if (!task) return job;
  const tasks = job.tasks.with(index, applyToTask(task, event));
  if (event.type === 'TaskAssigned') return placed({ ...job, tasks }, event.assignment.runnerId);
  if (isFinalizer(task)) {
    return event.type === 'TaskQueued'
      ? { ...job, tasks, finalizingSince: job.finalizingSince ?? event.at }
      : { ...job, tasks };
  }
  if (event.type === 'TaskStarted') return { ...job, tasks, startedAt: job.startedAt ?? event.at };
  return { ...job, tasks };
}

function placed(job: Job, runnerId: RunnerId): Job {
  if (placeOf(job) !== null) return job;
  return { ...job, runnerId, leftRunnerIds: job.leftRunnerIds.filter((left) => left !== runnerId) };
}

function applyToTask(task: Task, event: TaskEvent): Task {
  if (event.type === 'TaskAssigned') {
    const executionIds = [...task.executionIds, event.assignment.executionId];
    return {
      ...task,
      executionIds,
      attempts: event.assignment.attempt,
      progress: { status: 'pending', assignment: event.assignment },
    };
  }
  if (event.type === 'TaskUnassigned') {
    return { ...task, attempts: task.attempts - 1, progress: { status: 'queued' } };
  }
  return { ...task, unheard: unheardAfter(task, event), progress: progressAfter(task.progress, event) };
}

function unheardAfter({ unheard, progress }: Task, event: TaskEvent): Task['unheard'] {
  if (event.type === 'LateReportNoted') return unheard.filter((gone) => gone.executionId !== event.executionId);
  const assumed = (event.type === 'TaskRetryScheduled' || event.type === 'TaskFailed') && event.assumed === true;
  return assumed && 'assignment' in progress ? [...unheard, progress.assignment] : unheard;
}

function progressAfter(
  progress: TaskProgress,
  event: Exclude<TaskEvent, { type: 'TaskAssigned' | 'TaskUnassigned' }>,
): TaskProgress {
  switch (event.type) {
    case 'TaskQueued':
      return { status: 'queued' };
    case 'TaskStarted':
      if (progress.status === 'cancelling') return { ...progress, started: true };
      return 'assignment' in progress
        ? { status: 'running', assignment: progress.assignment, startedAt: event.at }
        : progress;
    case 'TaskCompleted':
      return {
        status: 'completed',
        endedAt: event.at,
        ...(event.result === undefined ? {} : { result: event.result }),
      };
    case 'FinalizerGivenUp':
      return { status: 'failed', error: GIVEN_UP, endedAt: event.at };
    case 'TaskFailed':
      return { status: 'failed', error: event.error, endedAt: event.at };
    case 'TaskRetryScheduled':
      return { status: 'retrying', notBefore: event.notBefore, error: event.error };
    case 'TaskSkipped':
      return { status: 'skipped', because: event.because, endedAt: event.at };
    case 'TaskCancellationStarted':
      return 'assignment' in progress
        ? {
            status: 'cancelling',
            assignment: progress.assignment,
            cancellationId: event.cancellationId,
            started: progress.status !== 'pending',
          }
        : progress;
    case 'TaskCancelled':
      return {
        status: 'cancelled',
        cancellationId: event.cancellationId,
        neverStarted: event.neverStarted,
        endedAt: event.at,
      };
    case 'LateReportNoted':
      return progress;
    default:
      return event satisfies never;
  }
}

/** Between `JobSubmitted` and its end a job is what its tasks make it; a job-wide cancellation overrides. */
function withStatus(job: Job): Job {
  if (job.status === 'cancelling' || job.endedAt !== null) return job;
  const status = statusOf(job);
  return status === job.status ? job : { ...job, status };
}

function statusOf({ tasks, startedAt }: Job): Job['status'] {
  let retrying = false;
  for (const { progress } of tasks) {
    if ('assignment' in progress) return 'running';
    retrying ||= progress.status === 'retrying';
  }
  if (retrying) return 'retrying';
  return startedAt === null ? 'queued' : 'running';
}
