import { describe, expect, it } from '@jest/globals';
import type { ExecutionEnding } from '../execution/execution.js';
import { ending, exited } from '../testing/executions.js';
import { specOf, stateAfter } from '../testing/given.js';
import {
  assigned,
  assignment,
  at,
  blocked,
  cancellationId,
  cancelled,
  cancelling,
  completed,
  executionId,
  exitedWith1,
  failed,
  jobCancelled,
  jobCompleted,
  jobFailed,
  now,
  queued,
  retryScheduled,
  running,
  started,
  submitted,
  task,
  taskId,
  unplaced,
} from '../testing/jobs.js';
import { jobDecider } from './decider.js';
import type { JobCommand } from './job-command.js';
import type { JobEvent } from './job-event.js';
import type { TaskError } from './job.js';
import { retryDelayMs } from './record-ending.js';

const given = specOf(jobDecider);
const oneTask = submitted(task('a'));
const retried = submitted(task('a', { maxAttempts: 3 }));

const ended = (ending: ExecutionEnding, execution = 'a1', key = 'a'): JobCommand => ({
  type: 'RecordEnding',
  taskId: taskId(key),
  executionId: executionId(execution),
  ending,
  random: 0.5,
  at: now,
});
const failedFor = (error: TaskError, assumed = false): JobEvent[] => [
  {
    type: 'TaskFailed',
    taskId: taskId('a'),
    executionId: executionId('a1'),
    error,
    ...(assumed ? { assumed: true as const } : {}),
    at: now,
  },
  jobFailed(error),
];
const lost: JobEvent = {
  type: 'TaskRetryScheduled',
  taskId: taskId('a'),
  executionId: executionId('a1'),
  error: { code: 'runner-lost', message: 'the runner was lost while the task ran (fenced)' },
  notBefore: at(61),
  assumed: true,
  at: now,
};

describe('an execution that ended by itself', () => {
  it('completes its task with exit code 0', () =>
    given(oneTask, ...running('a'))
      .when(ended(exited(0)))
      .then(completed('a', 1, now), jobCompleted()));

  it('fails its task with any other exit code', () =>
    given(oneTask, ...running('a'))
      .when(ended(exited(1)))
      .then(failed('a', 1, now), jobFailed()));

  it('fails its task when a signal ended it', () =>
    given(oneTask, ...running('a'))
      .when(ended(ending('exited', { exit: { code: null, signal: 'SIGSEGV' } })))
      .then(...failedFor({ code: 'command-failed', message: 'ended by SIGSEGV' })));

  it('fails its task when nobody knows how it ended', () =>
    given(oneTask, ...running('a'))
      .when(ended(ending('exited', { exit: { code: null, signal: null } })))
      .then(...failedFor({ code: 'command-failed', message: 'exited with code unknown' })));

  it('wins against a cancellation the job has not heard of', () =>
    given(oneTask, ...running('a'))
      .when(ended({ ...exited(0), cancellationId }))
      .then(completed('a', 1, now), jobCompleted()));
});

describe('an execution that failed otherwise', () => {
  it('fails its task when it ran too long', () =>
    given(oneTask, ...running('a'))
      .when(ended(ending('timed-out')))
      .then(...failedFor({ code: 'task-timed-out', message: 'the task ran longer than its timeoutMs' })));

  it.each(['lease-lost', 'runner-restarted'] as const)('fails its task when its runner was lost: %s', (reason) =>
    given(oneTask, ...running('a'))
      .when(ended(ending(reason)))
      .then(...failedFor({ code: 'runner-lost', message: `the runner was lost while the task ran (${reason})` })),
  );

  it('says of a fenced one that its end is assumed', () =>
    given(oneTask, ...running('a'))
      .when(ended(ending('fenced')))
      .then(...failedFor({ code: 'runner-lost', message: 'the runner was lost while the task ran (fenced)' }, true)));

  it('fails its task when it was stopped by nobody’s cancellation', () =>
    given(oneTask, ...running('a'))
      .when(ended(ending('stopped')))
      .then(...failedFor({ code: 'command-failed', message: 'ended by SIGTERM' })));

  it('fails its task with what the system said when it could not start', () => {
    const error = { code: 'command-not-found', message: 'no such program' };
    given(oneTask, queued('a'), assigned('a'))
      .when(ended(ending('start-failed', { started: false, error })))
      .then(...failedFor(error));
  });

  it('fails its task also when the system said nothing', () =>
    given(oneTask, queued('a'), assigned('a'))
      .when(ended(ending('start-failed', { started: false })))
      .then(...failedFor({ code: 'start-failed', message: 'the command could not be started' })));
});

describe('retrying', () => {
  it('schedules the next attempt after the back-off', () =>
    given(retried, ...running('a'))
      .when(ended(exited(1)))
      .then(retryScheduled('a', 1, at(61), now)));

  it('waits longer after every attempt', () =>
    given(retried, ...running('a'), retryScheduled('a'), assigned('a', 2), started('a', 2))
      .when(ended(exited(1), 'a2'))
      .then(retryScheduled('a', 2, at(62), now)));

  it('fails the task after the last attempt', () =>
    given(retried, ...running('a'), retryScheduled('a'), assigned('a', 2), retryScheduled('a', 2), assigned('a', 3))
      .when(ended({ ...exited(1), started: false }, 'a3'))
      .then(failed('a', 3, now), jobFailed()));

  it('does not try again what could not be started', () =>
    given(retried, queued('a'), assigned('a'))
      .when(ended(ending('start-failed', { started: false, error: exitedWith1 })))
      .then(failed('a', 1, now), jobFailed()));

  it('schedules the retry of a fenced execution as assumed', () =>
    given(retried, ...running('a'))
      .when(ended(ending('fenced')))
      .then(lost, unplaced));

  it.each([
    [1, 0.5, 1_000],
    [2, 0.5, 2_000],
    [9, 0.5, 5_000],
    [1, 0, 900],
    [1, 1, 1_100],
  ])('waits for attempt %d with the draw %d: %d ms', (attempt, random, delayMs) => {
    const backoff = { initialMs: 1_000, factor: 2, maxMs: 5_000, jitter: 0.1 };
    expect(retryDelayMs({ maxAttempts: 10, backoff }, attempt, random)).toBe(delayMs);
  });
});

describe('an execution ended by a cancellation', () => {
  it.each(['exited', 'stopped', 'timed-out', 'lease-lost', 'runner-restarted', 'fenced'] as const)(
    'cancels a task that is being cancelled, however it ended: %s',
    (reason) =>
      given(oneTask, ...running('a'), blocked('job', ['a']), cancelling('a'))
        .when(ended(ending(reason)))
        .then(cancelled('a'), jobCancelled()),
  );

  it('cancels a task as never started when its tombstone refused the start', () =>
    given(oneTask, queued('a'), assigned('a'), blocked('job', ['a']), cancelling('a'))
      .when(ended(ending('stopped', { started: false })))
      .then(cancelled('a', { neverStarted: true }), jobCancelled({ neverStarted: true })));

  it('does not call a task never started of which an earlier attempt ran', () =>
    given(retried, ...running('a'), retryScheduled('a'), assigned('a', 2), blocked('job', ['a']), cancelling('a', 2))
      .when(ended(ending('stopped', { started: false }), 'a2'))
      .then(cancelled('a'), jobCancelled()));

  it.each(['stopped', 'lease-lost', 'runner-restarted', 'fenced'] as const)(
    'cancels its task, and no retry follows, when the stop overtook the block: %s',
    (reason) =>
      given(retried, ...running('a'))
        .when(ended(ending(reason, { cancellationId })))
        .then(cancelled('a')),
  );

  it('keeps the job open until it has heard of the cancellation', () =>
    given(oneTask, ...running('a'), cancelled('a'))
      .when({ type: 'BlockDispatch', cancellationId, taskId: null, cascade: 'dependents', at: now })
      .then(blocked('job', ['a']), jobCancelled()));
});

describe('an end whose start was never reported', () => {
  it('records the start first', () =>
    given(oneTask, queued('a'), assigned('a'))
      .when(ended(exited(0)))
      .then(started('a', 1, now), completed('a', 1, now), jobCompleted()));

  it('records the start first while the task is being cancelled', () =>
    given(oneTask, queued('a'), assigned('a'), blocked('job', ['a']), cancelling('a'))
      .when(ended(ending('runner-restarted')))
      .then(started('a', 1, now), cancelled('a'), jobCancelled()));

  it('does not pretend to know the start of a fenced execution', () =>
    given(oneTask, queued('a'), assigned('a'), blocked('job', ['a']), cancelling('a'))
      .when(ended(ending('fenced')))
      .then(cancelled('a'), jobCancelled()));
});

describe('a report that comes too late', () => {
  it('changes nothing when the end is known', () =>
    given(oneTask, ...running('a'), completed('a'), jobCompleted())
      .when(ended(exited(1)))
      .thenNothing());

  it('changes nothing when the next attempt is on its way', () =>
    given(retried, ...running('a'), retryScheduled('a'), assigned('a', 2))
      .when(ended(exited(1)))
      .thenNothing());

  it('is noted when its execution had been given up for lost', () =>
    given(retried, ...running('a'), lost, assigned('a', 2))
      .when(ended(exited(0)))
      .then(noted));

  it('is noted also when no attempt followed', () =>
    given(oneTask, ...running('a'), ...failedFor(exitedWith1, true))
      .when(ended(exited(0)))
      .then(noted));

  it('is noted once', () =>
    given(retried, ...running('a'), lost, noted)
      .when(ended(exited(0)))
      .thenNothing());

  it('is no report when it is the same assumption again', () =>
    given(retried, ...running('a'), lost)
      .when(ended(ending('fenced')))
      .thenNothing());

  it('is refused for a task the job does not have', () =>
    given(oneTask)
      .when(ended(exited(0), 'a1', 'nobody'))
      .thenRejected('task-not-found'));

  it('leaves on the task which executions nobody has heard the end of', () => {
    const unheard = (...events: JobEvent[]): unknown => {
      const state = stateAfter(jobDecider, [retried, ...running('a'), ...events]);
      return state.status === 'unknown' ? null : state.tasks[0]?.unheard;
    };
    expect(unheard(lost)).toStrictEqual([assignment('a1')]);
    expect(unheard(lost, noted)).toStrictEqual([]);
    expect(unheard(retryScheduled('a'))).toStrictEqual([]);
  });
});

const noted: JobEvent = {
  type: 'LateReportNoted',
  taskId: taskId('a'),
  executionId: executionId('a1'),
  report: 'ended: exited',
  at: now,
};
