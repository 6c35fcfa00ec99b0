import { describe, expect, it } from '@jest/globals';
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
  jobCancelled,
  jobCompleted,
  jobId,
  now,
  otherCancellationId,
  queued,
  running,
  started,
  submit,
  task,
  taskId,
} from '../testing/jobs.js';
import { jobDecider } from './decider.js';
import type { JobCommand } from './job-command.js';
import type { JobEvent } from './job-event.js';
import type { JobLimit } from './job.js';
import { deadlineOf, nextLimit } from './limits.js';
import type { JobSpec } from './task-spec.js';

const given = specOf(jobDecider);

/** Submitted at 0 s; `now` is 60 s. */
const limited = (limits: Pick<JobSpec, 'deadline' | 'timeouts'>): JobEvent => {
  const command = submit(task('a', { maxAttempts: 2 }), task('b', { dependsOn: ['a'] }));
  return { ...command, type: 'JobSubmitted', spec: { ...command.spec, ...limits } };
};
const enforce = (time = now): JobCommand => ({ type: 'EnforceLimits', cancellationId, at: time });
const reached = (limit: JobLimit, dueAt: string): JobEvent => ({
  type: 'JobLimitReached',
  jobId,
  limit,
  dueAt,
  cancellationId,
  at: now,
});
const queueOf = (queueMs: number) => limited({ timeouts: { queueMs, runMs: null } });
const runOf = (runMs: number) => limited({ timeouts: { queueMs: null, runMs } });

describe('a deadline', () => {
  it('is reached by a job that waits', () =>
    given(limited({ deadline: { afterMs: 60_000 } }), queued('a'))
      .when(enforce())
      .then(reached('deadline', at(60))));

  it('is reached by a job that runs', () =>
    given(limited({ deadline: { at: at(59) } }), ...running('a'))
      .when(enforce())
      .then(reached('deadline', at(59))));

  it('is the same instant in any zone', () =>
    given(limited({ deadline: { at: '2026-01-01T01:00:30+01:00' } }), queued('a'))
      .when(enforce())
      .then(reached('deadline', at(30))));

  it('is not reached a millisecond before', () =>
    given(limited({ deadline: { afterMs: 60_001 } }), queued('a'))
      .when(enforce())
      .thenNothing());

  it('is reached once', () =>
    given(limited({ deadline: { at: at(59) } }), queued('a'), reached('deadline', at(59)))
      .when(enforce())
      .thenNothing());

  it('means nothing to a job that is over', () =>
    given(limited({ deadline: { at: at(59) } }), ...running('a'), completed('a'), jobCompleted(at(3)))
      .when(enforce())
      .thenNothing());

  it('waits for a cancellation of the whole job that is under way: it may yet be undone', () =>
    given(
      limited({ deadline: { at: at(59) } }),
      ...running('a'),
      blocked('job', ['a', 'b'], otherCancellationId),
      cancelling('a', 1, otherCancellationId),
    )
      .when(enforce())
      .thenNothing());

  it('counts from the submission when it is a time', () => {
    const job = stateAfter(jobDecider, [limited({ deadline: { afterMs: 1_500 } })]);
    expect(job.status === 'unknown' ? null : deadlineOf(job)).toBe(at(1.5));
  });
});

describe('a queue timeout', () => {
  it('is reached by a job of which nothing has started', () =>
    given(queueOf(30_000), queued('a'), assigned('a'))
      .when(enforce())
      .then(reached('queue-timeout', at(30))));

  it('means nothing once a task has started, also while it is in back-off', () =>
    given(queueOf(30_000), ...running('a'))
      .when(enforce())
      .thenNothing());
});

describe('a run timeout', () => {
  it('counts from the first start', () =>
    given(runOf(58_000), queued('a'), assigned('a'), started('a', 1, at(2)))
      .when(enforce())
      .then(reached('run-timeout', at(60))));

  it('means nothing while nothing has started', () =>
    given(runOf(1), queued('a'), assigned('a')).when(enforce()).thenNothing());
});

describe('of several limits', () => {
  const all = limited({ deadline: { at: at(50) }, timeouts: { queueMs: 20_000, runMs: 10_000 } });
  const next = (...events: JobEvent[]) => {
    const job = stateAfter(jobDecider, events);
    return job.status === 'unknown' ? null : nextLimit(job);
  };

  it('the earliest counts', () => expect(next(all, queued('a'))).toEqual({ limit: 'queue-timeout', dueAt: at(20) }));
  it('the run timeout replaces the queue timeout', () =>
    expect(next(all, ...running('a'))).toEqual({ limit: 'run-timeout', dueAt: at(12) }));
  it('none is left when one was reached', () =>
    expect(next(all, queued('a'), reached('queue-timeout', at(20)))).toBeNull());
  it('a job without any has none', () => expect(next(limited({}), queued('a'))).toBeNull());
});

describe('a job that has reached a limit', () => {
  const assign = (time: string): JobCommand => ({
    type: 'AssignTask',
    taskId: taskId('a'),
    assignment: assignment('a1'),
    at: time,
  });

  it('is assigned nothing any more', () =>
    given(queueOf(30_000), queued('a'), reached('queue-timeout', at(30)))
      .when(assign(at(1)))
      .thenRejected('task-not-assignable'));

  it('is assigned nothing either while nobody has noticed it', () =>
    given(queueOf(30_000), queued('a'))
      .when(assign(at(31)))
      .thenRejected('task-not-assignable'));

  it('is assigned its tasks until then', () =>
    given(queueOf(30_000), queued('a'))
      .when(assign(at(30)))
      .then(assigned('a', 1, at(30))));

  it('says so, and afterwards whether anything of it ever ran', () => {
    const job = stateAfter(jobDecider, [
      queueOf(30_000),
      queued('a'),
      reached('queue-timeout', at(30)),
      blocked('job', ['a', 'b']),
      cancelled('b', { neverStarted: true }),
      cancelled('a', { neverStarted: true }),
      jobCancelled({ neverStarted: true }),
    ]);
    expect(job).toMatchObject({
      status: 'cancelled',
      overdue: { limit: 'queue-timeout', dueAt: at(30), cancellationId },
      neverStarted: true,
    });
  });
});
