import type { ExecutionEnding } from '../execution/execution.js';
import type { Timestamp } from '../ids.js';
import type { Job, JobCommand, JobEvent, Task, TaskError } from './job.js';
import type { RetryPolicy } from './task-spec.js';
import { taskOf } from './task-of.js';

type RecordEnding = Extract<JobCommand, { type: 'RecordEnding' }>;

/** What the end of an execution means for its task. The first event in the job's stream wins. */
export function recordEnding(command: RecordEnding, job: Job): readonly JobEvent[] {
  const { taskId, executionId, ending, at } = command;
  const task = taskOf(job, taskId);
  const { progress } = task;
  if (!('assignment' in progress) || progress.assignment.executionId !== executionId) {
    return noteLate(task, command);
  }
  if (progress.status === 'cancelling') {
    const neverStarted = !ending.started && task.attempts === 1;
    return [{ type: 'TaskCancelled', taskId, cancellationId: progress.cancellationId, neverStarted, at }];
  }
  if (ending.reason === 'stopped' && ending.cancellationId !== null) {
    const neverStarted = !ending.started && task.attempts === 1;
    return [{ type: 'TaskCancelled', taskId, cancellationId: ending.cancellationId, neverStarted, at }];
  }
  if (ending.reason === 'exited' && ending.exit.code === 0) return [{ type: 'TaskCompleted', taskId, executionId, at }];
  return [failOrRetry(task, command)];
}

/** A redelivered report of the task's last execution is nothing new; one of an execution given up earlier is noted once. */
function noteLate(task: Task, { taskId, executionId, ending, at }: RecordEnding): readonly JobEvent[] {
  const last = task.executionIds.at(-1);
  if (last === executionId || !task.executionIds.includes(executionId)) return [];
  return [{ type: 'LateReportNoted', taskId, executionId, report: `ended: ${ending.reason}`, at }];
}

function failOrRetry(task: Task, { taskId, executionId, ending, random, at }: RecordEnding): JobEvent {
  const error = errorOf(ending);
  const { retry } = task.spec;
  if (task.attempts >= retry.maxAttempts || !isRetryable(ending)) {
    return { type: 'TaskFailed', taskId, executionId, error, at };
  }
  const notBefore = after(at, retryDelayMs(retry, task.attempts, random));
  return { type: 'TaskRetryScheduled', taskId, executionId, error, notBefore, at };
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
      return {
        code: 'command-failed',
        message: exit.signal === null ? `exited with code ${exit.code ?? 'unknown'}` : `ended by ${exit.signal}`,
      };
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
