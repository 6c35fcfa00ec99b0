import type { Job, JobEvent, JobState, Task, TaskProgress } from './job.js';
import type { TaskId } from '../ids.js';

type TaskEvent = Extract<JobEvent, { taskId: TaskId }>;

/** What happened to a job. Total; no rules. */
export function evolveJob(state: JobState, event: JobEvent): JobState {
  if (event.type === 'JobSubmitted') return submitted(event);
  if (state.status === 'unknown') return state;
  switch (event.type) {
    case 'DispatchBlocked': {
      const { cancellationId, scope } = event;
      const cancellations = [...state.cancellations, { cancellationId, scope }];
      return { ...state, cancellations, status: scope === 'job' ? 'cancelling' : state.status };
    }
    case 'JobCompleted':
      return { ...state, status: 'completed', endedAt: event.at };
    case 'JobFailed':
      return { ...state, status: 'failed', error: event.error, endedAt: event.at };
    case 'JobCancelled':
      return { ...state, status: 'cancelled', endedAt: event.at };
    default:
      return withStatus(evolveTask(state, event), event);
  }
}

function submitted(event: Extract<JobEvent, { type: 'JobSubmitted' }>): Job {
  return {
    status: 'queued',
    jobId: event.jobId,
    spec: event.spec,
    tasks: event.tasks.map((spec) => ({ spec, progress: { status: 'blocked' }, attempts: 0, executionIds: [] })),
    cancellations: [],
    runnerId: null,
    error: null,
    submittedAt: event.at,
    startedAt: null,
    endedAt: null,
  };
}

function evolveTask(job: Job, event: TaskEvent): Job {
  const tasks = job.tasks.map((task) => (task.spec.taskId === event.taskId ? applyToTask(task, event) : task));
  if (event.type === 'TaskAssigned') return { ...job, tasks, runnerId: job.runnerId ?? event.assignment.runnerId };
  if (event.type === 'TaskStarted') return { ...job, tasks, startedAt: job.startedAt ?? event.at };
  return { ...job, tasks };
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
  return { ...task, progress: progressAfter(task.progress, event) };
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
      return { status: 'completed', endedAt: event.at };
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
function withStatus(job: Job, event: JobEvent): Job {
  if (event.type === 'LateReportNoted' || job.status === 'cancelling' || job.endedAt !== null) return job;
  const statuses = new Set(job.tasks.map((task) => task.progress.status));
  if (statuses.has('pending') || statuses.has('running') || statuses.has('cancelling'))
    return { ...job, status: 'running' };
  if (statuses.has('retrying')) return { ...job, status: 'retrying' };
  return { ...job, status: job.startedAt === null ? 'queued' : 'running' };
}
