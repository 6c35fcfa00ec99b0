import { describe, expect, it } from '@jest/globals';
import { ending } from '../testing/executions.js';
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
  failed,
  jobCancelled,
  jobCompleted,
  jobFailed,
  jobId,
  now,
  otherCancellationId,
  queued,
  running,
  started,
  submitted,
  task,
  taskId,
} from '../testing/jobs.js';
import { jobDecider } from './decider.js';
import { isWaiting } from './dequeue.js';
import type { JobCommand } from './job-command.js';
import type { JobEvent } from './job-event.js';

const given = specOf(jobDecider);

const job = (always: 'if-begun' | 'even-if-queued' = 'if-begun') =>
  submitted(task('work'), task('tidy', { always, timeoutMs: 30_000 }));
const ended = (key: string, reason: 'exited' | 'stopped' | 'timed-out' = 'exited', code = 0): JobCommand => ({
  type: 'RecordEnding',
  taskId: taskId(key),
  executionId: executionId(`${key}1`),
  ending: ending(reason, {
    exit: { code, signal: null },
    ...(reason === 'stopped' ? { cancellationId } : {}),
  }),
  random: 0,
  at: now,
});
const cancelJob: JobCommand = { type: 'BlockDispatch', cancellationId, taskId: null, cascade: 'dependents', at: now };
const enforce = (time = now): JobCommand => ({ type: 'EnforceLimits', cancellationId: otherCancellationId, at: time });
const reached: JobEvent = {
  type: 'JobLimitReached',
  jobId,
  limit: 'deadline',
  dueAt: at(1),
  cancellationId,
  at: at(1),
};
const givenUp = (time = now): JobEvent => ({ type: 'FinalizerGivenUp', taskId: taskId('tidy'), at: time });
const never = { neverStarted: true };

describe('a finalizer', () => {
  it('does not run while there is work', () =>
    given()
      .when({ ...(job() as Extract<JobEvent, { type: 'JobSubmitted' }>), type: 'SubmitJob' })
      .then(job(), queued('work')));

  it.each<[string, number]>([
    ['completed', 0],
    ['failed', 1],
  ])('runs when the work has %s', (_, code) =>
    given(job(), ...running('work'))
      .when(ended('work', 'exited', code))
      .then(code === 0 ? completed('work', 1, now) : failed('work', 1, now), queued('tidy', now)),
  );

  it.each<[string, JobCommand]>([
    ['completes', ended('tidy')],
    ['fails', ended('tidy', 'exited', 1)],
  ])('ends the job as its work has ended, when it %s', (what, command) =>
    given(job(), ...running('work'), completed('work'), ...running('tidy'))
      .when(command)
      .then(what === 'completes' ? completed('tidy', 1, now) : failed('tidy', 1, now), jobCompleted()),
  );

  it('does not hide that the work has failed', () =>
    given(job(), ...running('work'), failed('work'), ...running('tidy'))
      .when(ended('tidy'))
      .then(completed('tidy', 1, now), jobFailed()));

  it('does not count as the start of the job', () => {
    const state = stateAfter(jobDecider, [
      job('even-if-queued'),
      queued('work'),
      queued('tidy'),
      assigned('tidy'),
      started('tidy'),
    ]);
    expect(state).toMatchObject({ startedAt: null });
  });
});

describe('cancelling a job with a finalizer', () => {
  it('leaves it for when the rest has ended', () =>
    given(job(), ...running('work'))
      .when(cancelJob)
      .then(blocked('job', ['work']), cancelling('work')));

  const stopping = [job(), ...running('work'), blocked('job', ['work']), cancelling('work')];

  it('queues it when the last execution has ended, and keeps the job cancelling', () => {
    given(...stopping)
      .when(ended('work', 'stopped'))
      .then(cancelled('work'), queued('tidy', now));
    expect(stateAfter(jobDecider, [...stopping, cancelled('work'), queued('tidy', now)])).toMatchObject({
      status: 'cancelling',
    });
  });

  const finalizing = [...stopping, cancelled('work'), queued('tidy', now)];

  it('lets it be assigned though dispatch is blocked, and though the job is overdue', () =>
    given(job(), reached, ...finalizing.slice(1))
      .when({ type: 'AssignTask', taskId: taskId('tidy'), assignment: assignment('tidy1'), at: now })
      .then(assigned('tidy', 1, now)));

  it('ends the job when it has ended, however', () =>
    given(...finalizing, assigned('tidy'), started('tidy'))
      .when(ended('tidy', 'timed-out'))
      .then(
        {
          type: 'TaskFailed',
          taskId: taskId('tidy'),
          executionId: executionId('tidy1'),
          error: { code: 'task-timed-out', message: 'the task ran longer than its timeoutMs' },
          at: now,
        },
        jobCancelled(),
      ));

  it('gives it up, and ends the job, when no runner took it within its timeout', () => {
    given(...finalizing)
      .when(enforce(at(89)))
      .thenNothing();
    given(...finalizing)
      .when(enforce(at(90)))
      .then(givenUp(at(90)), jobCancelled({ time: at(90) }));
  });

  it('does not give up one that a runner has', () =>
    given(...finalizing, assigned('tidy', 1, now))
      .when(enforce(at(500)))
      .thenNothing());

  it('cancels it with a job of which nothing was assigned', () =>
    given(job(), queued('work'))
      .when(cancelJob)
      .then(blocked('job', ['work']), cancelled('work', never), cancelled('tidy', never), jobCancelled(never)));

  it('runs it even then when it asks for that', () =>
    given(job('even-if-queued'), queued('work'))
      .when(cancelJob)
      .then(blocked('job', ['work']), cancelled('work', never), queued('tidy', now)));

  it('calls such a job never started, though its finalizer ran', () =>
    given(
      ...[job('even-if-queued'), queued('work'), blocked('job', ['work']), cancelled('work', never)],
      ...[queued('tidy'), assigned('tidy'), started('tidy')],
    )
      .when(ended('tidy'))
      .then(completed('tidy', 1, now), jobCancelled(never)));

  it('leaves a bulk no way to end such a job in one event', () => {
    const waiting = (always: 'if-begun' | 'even-if-queued') => {
      const state = stateAfter(jobDecider, [job(always), queued('work')]);
      return state.status !== 'unknown' && isWaiting(state);
    };
    expect([waiting('if-begun'), waiting('even-if-queued')]).toEqual([true, false]);
  });

  it('comes too late once only the finalizers are left', () =>
    given(job(), ...running('work'), completed('work'), ...running('tidy'))
      .when(cancelJob)
      .thenNothing());

  it('stops it when it is the target itself', () =>
    given(job(), ...running('work'), completed('work'), ...running('tidy'))
      .when({ ...cancelJob, taskId: taskId('tidy') })
      .then(blocked('tasks', ['tidy']), cancelling('tidy')));

  it('waits for the block that a stop has overtaken', () =>
    given(job(), ...running('work'))
      .when(ended('work', 'stopped'))
      .then(cancelled('work')));
});
