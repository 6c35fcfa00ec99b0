import type { CancellationId, ExecutionId, JobId, RunnerId, TaskId, Timestamp } from '../ids.js';
import type { Assignment, SubmittedTask, TaskError } from '../job/job.js';
import type { JobCommand } from '../job/job-command.js';
import type { JobEvent } from '../job/job-event.js';

/** Casts: the brands of made-up ids. */
export const jobId = 'job_1' as JobId;
export const runnerId = 'run_1' as RunnerId;
export const cancellationId = 'can_1' as CancellationId;
export const otherCancellationId = 'can_2' as CancellationId;
export const taskId = (key: string): TaskId => `task_${key}` as TaskId;
export const executionId = (name: string | number): ExecutionId => `exe_${name}` as ExecutionId;

/** The instant `seconds` into the story. */
export const at = (seconds: number): Timestamp => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString();
export const now = at(60);

const spec = { name: 'a job', queue: 'default', priority: 50, labels: {}, metadata: {}, owner: 'ada' };

type TaskOptions = Partial<Omit<SubmittedTask, 'key' | 'taskId' | 'retry'>> & { readonly maxAttempts?: number };

export function task(key: string, { maxAttempts = 1, ...options }: TaskOptions = {}): SubmittedTask {
  return {
    taskId: taskId(key),
    key,
    command: ['true'],
    env: {},
    workingDirectory: 'workspace',
    dependsOn: [],
    slotPool: null,
    retry: { maxAttempts, backoff: { initialMs: 1_000, factor: 2, maxMs: 5_000, jitter: 0 } },
    timeoutMs: null,
    gracePeriodMs: 10_000,
    signal: 'SIGTERM',
    signalTo: 'tree',
    artifacts: [],
    onCancelArtifacts: 'keep',
    optional: false,
    ...options,
  };
}

export const submit = (...tasks: SubmittedTask[]): Extract<JobCommand, { type: 'SubmitJob' }> => ({
  type: 'SubmitJob',
  jobId,
  spec,
  tasks,
  at: at(0),
});

export const submitted = (...tasks: SubmittedTask[]): JobEvent => ({ ...submit(...tasks), type: 'JobSubmitted' });

export const queued = (key: string, time = at(0)): JobEvent => ({ type: 'TaskQueued', taskId: taskId(key), at: time });

export const assignment = (name: string | number, attempt = 1): Assignment => ({
  executionId: executionId(name),
  runnerId,
  fencingToken: 7,
  attempt,
  slot: null,
});

/** Executions are named after their task and attempt: `a1` is the first of task `a`. */
export const assigned = (key: string, attempt = 1, time = at(1)): JobEvent => ({
  type: 'TaskAssigned',
  jobId,
  taskId: taskId(key),
  assignment: assignment(`${key}${attempt}`, attempt),
  at: time,
});

export const started = (key: string, attempt = 1, time = at(2)): JobEvent => ({
  type: 'TaskStarted',
  taskId: taskId(key),
  executionId: executionId(`${key}${attempt}`),
  at: time,
});

export const completed = (key: string, attempt = 1, time = at(3)): JobEvent => ({
  type: 'TaskCompleted',
  taskId: taskId(key),
  executionId: executionId(`${key}${attempt}`),
  at: time,
});

export const exitedWith1: TaskError = { code: 'command-failed', message: 'exited with code 1' };

export const failed = (key: string, attempt = 1, time = at(3)): JobEvent => ({
  type: 'TaskFailed',
  taskId: taskId(key),
  executionId: executionId(`${key}${attempt}`),
  error: exitedWith1,
  at: time,
});

export const retryScheduled = (key: string, attempt = 1, notBefore = at(4), time = at(3)): JobEvent => ({
  type: 'TaskRetryScheduled',
  taskId: taskId(key),
  executionId: executionId(`${key}${attempt}`),
  error: exitedWith1,
  notBefore,
  at: time,
});

/** A task that was queued, assigned and started. */
export const running = (key: string): JobEvent[] => [queued(key), assigned(key), started(key)];

export const skipped = (key: string, because: string, time = now): JobEvent => ({
  type: 'TaskSkipped',
  taskId: taskId(key),
  because: taskId(because),
  at: time,
});

interface CancelledOptions {
  readonly neverStarted?: boolean;
  readonly by?: CancellationId;
  readonly time?: Timestamp;
}

export const cancelled = (
  key: string,
  { neverStarted = false, by = cancellationId, time = now }: CancelledOptions = {},
): JobEvent => ({ type: 'TaskCancelled', taskId: taskId(key), cancellationId: by, neverStarted, at: time });

export const cancelling = (key: string, attempt = 1, by = cancellationId, time = now): JobEvent => ({
  type: 'TaskCancellationStarted',
  taskId: taskId(key),
  cancellationId: by,
  executionId: executionId(`${key}${attempt}`),
  at: time,
});

export const blocked = (
  scope: 'job' | 'tasks',
  keys: readonly string[],
  by = cancellationId,
  time = now,
): JobEvent => ({ type: 'DispatchBlocked', cancellationId: by, scope, taskIds: keys.map(taskId), at: time });

export const unplaced: JobEvent = { type: 'JobUnplaced', jobId, runnerId, at: now };
export const jobCompleted = (time = now): JobEvent => ({ type: 'JobCompleted', jobId, at: time });
export const jobFailed = (error = exitedWith1, time = now): JobEvent => ({ type: 'JobFailed', jobId, error, at: time });
export const jobCancelled = ({
  neverStarted = false,
  by = cancellationId,
  time = now,
}: CancelledOptions = {}): JobEvent => ({
  type: 'JobCancelled',
  jobId,
  cancellationId: by,
  neverStarted,
  at: time,
});
