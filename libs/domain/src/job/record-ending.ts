import type { ExecutionEnding } from '../execution/execution.js';
import type { CancellationId, Timestamp } from '../ids.js';
import { evolveJob } from './evolve.js';
import type { Job, JobState, Task, TaskError } from './job.js';
import type { JobCommand } from './job-command.js';
import type { JobEvent } from './job-event.js';
import { mayLeaveItsPlace } from './place-of.js';
import type { RetryPolicy } from './task-spec.js';
import { taskOf } from './task-of.js';

type RecordEnding = Extract<JobCommand, { type: 'RecordEnding' }>;

/** What the end of an execution means for its task. The first event in the job's stream wins. */
export function recordEnding(command: RecordEnding, job: Job): readonly JobEvent[] {
  const task = taskOf(job, command.taskId);
  const { progress } = task;
  if (!('assignment' in progress) || progress.assignment.executionId !== command.executionId) {
    return noteLate(task, command);
  }
  const events = [...startUnseen(progress, command), endTask(task, progress, command)];
  return [...events, ...leaveLostRunner(events.reduce<JobState>(evolveJob, job), command)];
}

/** With the last of its attempts there given up: whatever is retried need not wait for a runner that may never return. */
function leaveLostRunner(job: JobState, { ending, at }: RecordEnding): readonly JobEvent[] {
  if (ending.reason !== 'fenced' || job.status === 'unknown' || job.runnerId === null) return [];
  const isRetried = job.tasks.some(({ progress }) => progress.status === 'retrying');
  return isRetried && mayLeaveItsPlace(job)
    ? [{ type: 'JobUnplaced', jobId: job.jobId, runnerId: job.runnerId, at }]
    : [];
}

type Assigned = Extract<Task['progress'], { readonly assignment: unknown }>;

function endTask(task: Task, progress: Assigned, command: RecordEnding): JobEvent {
  const { taskId, executionId, ending, at } = command;
  const cancellationId = progress.status === 'cancelling' ? progress.cancellationId : stoppedBy(ending);
  if (cancellationId !== null) {
    const neverStarted = !ending.started && task.attempts === 1;
    return { type: 'TaskCancelled', taskId, cancellationId, neverStarted, at };
  }
  if (ending.reason === 'exited' && ending.exit.code === 0 && ending.error === null) {
    const result = ending.result === undefined ? {} : { result: ending.result };
    return { type: 'TaskCompleted', taskId, executionId, ...result, at };
  }
  return failOrRetry(task, command);
}

/** An agent that died between the spawn and its report leaves the start to be known from the end. */
function startUnseen(progress: Assigned, { taskId, executionId, ending, at }: RecordEnding): readonly JobEvent[] {
  const seen = progress.status === 'running' || (progress.status === 'cancelling' && progress.started);
  if (seen || !ending.started || ending.reason === 'fenced') return [];
  return [{ type: 'TaskStarted', taskId, executionId, at }];
}

/** The cancellation whose stop ended the execution before the job had heard of it; null when the end was the task's own. */
function stoppedBy({ reason, cancellationId }: ExecutionEnding): CancellationId | null {
  switch (reason) {
    case 'stopped':
    case 'lease-lost':
    case 'runner-restarted':
    case 'fenced':
      return cancellationId;
    case 'exited':
    case 'timed-out':
    case 'start-failed':
      return null;
    default:
      return reason satisfies never;
  }
}

/** Only of an attempt given up for lost can a report be news, and only once; any other is a redelivery. */
function noteLate(task: Task, { taskId, executionId, ending, at }: RecordEnding): readonly JobEvent[] {
  const news = ending.reason !== 'fenced' && task.unheard.some((gone) => gone.executionId === executionId);
  return news ? [{ type: 'LateReportNoted', taskId, executionId, report: `ended: ${ending.reason}`, at }] : [];
}

function failOrRetry(task: Task, { taskId, executionId, ending, random, at }: RecordEnding): JobEvent {
  const error = errorOf(ending);
  const { retry } = task.spec;
  const assumed = ending.reason === 'fenced' ? { assumed: true as const } : {};
  if (task.attempts >= retry.maxAttempts || !isRetryable(ending)) {
    return { type: 'TaskFailed', taskId, executionId, error, ...assumed, at };
  }
  const notBefore = after(at, retryDelayMs(retry, task.attempts, random));
  return { type: 'TaskRetryScheduled', taskId, executionId, error, notBefore, ...assumed, at };
}

/** A command that does not exist will not exist a second later. */
function isRetryable({ reason }: ExecutionEnding): boolean {
  return reason !== 'start-failed';
}

function errorOf({ reason, exit, error }: ExecutionEnding): TaskError {
  switch (reason) {
    case 'start-failed':
      return error ?? { code: 'start-failed', message: 'the command could not be started' };
    case 'timed-out':
      return { code: 'task-timed-out', message: 'the task ran longer than its timeoutMs' };
    case 'fenced':
    case 'lease-lost':
    case 'runner-restarted':
      return { code: 'runner-lost', message: `the runner was lost while the task ran (${reason})` };
    case 'exited':
    case 'stopped':
      return (
        error ?? {
          code: 'command-failed',
          message: exit.signal === null ? `exited with code ${exit.code ?? 'unknown'}` : `ended by ${exit.signal}`,
        }
      );
    default:
      return reason satisfies never;
  }
}

/** `initialMs × factor^(attempt-1)`, at most `maxMs`, varied by ± jitter. */
export function retryDelayMs({ backoff }: RetryPolicy, attempt: number, random: number): number {
  const plain = Math.min(backoff.maxMs, backoff.initialMs * backoff.factor ** (attempt - 1));
  return Math.round(plain * (1 + backoff.jitter * (2 * random - 1)));
}

function after(at: Timestamp, delayMs: number): Timestamp {
  return new Date(Date.parse(at) + delayMs).toISOString();
}
