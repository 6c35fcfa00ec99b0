import { describe, expect, it } from '@jest/globals';
import { chain, keys, cancelJob, cancelTask, sparing, neverStarted } from '../testing/blocks.js';
import { specOf, stateAfter } from '../testing/given.js';
import {
  assigned,
  blocked,
  cancelled,
  cancelling,
  completed,
  executionId,
  failed,
  jobCancelled,
  jobCompleted,
  now,
  otherCancellationId,
  queued,
  retryScheduled,
  running,
  skipped,
  submitted,
  task,
  taskId,
} from '../testing/jobs.js';
import { jobDecider } from './decider.js';

const given = specOf(jobDecider);

describe('cancelling a whole job', () => {
  it('cancels a queued job at once, the last submitted task first', () =>
    given(chain, queued('a'), queued('d'))
      .when(cancelJob)
      .then(
        blocked('job', keys),
        ...['d', 'c', 'b', 'a'].map((key) => cancelled(key, neverStarted)),
        jobCancelled(neverStarted),
      ));

  it('marks a running task as being cancelled and cancels those that have not started', () =>
    given(chain, ...running('a'), queued('d'))
      .when(cancelJob)
      .then(
        blocked('job', keys),
        cancelled('d', neverStarted),
        cancelled('c', neverStarted),
        cancelled('b', neverStarted),
        cancelling('a'),
      ));

  it('marks a task that is with a runner and has not started as being cancelled', () =>
    given(submitted(task('a')), queued('a'), assigned('a'))
      .when(cancelJob)
      .then(blocked('job', ['a']), cancelling('a')));

  it('cancels a task that waits for its retry', () =>
    given(submitted(task('a', { maxAttempts: 2 })), ...running('a'), retryScheduled('a'))
      .when(cancelJob)
      .then(blocked('job', ['a']), cancelled('a'), jobCancelled()));

  it('does not call a task never started whose later attempt a runner refused', () => {
    const refusal = { type: 'TaskUnassigned', taskId: taskId('a'), executionId: executionId('a2') } as const;
    given(submitted(task('a', { maxAttempts: 2 })), ...running('a'), retryScheduled('a'), assigned('a', 2), {
      ...refusal,
      because: 'full',
      at: now,
    })
      .when(cancelJob)
      .then(blocked('job', ['a']), cancelled('a'), jobCancelled());
  });

  it('leaves what has ended as it is', () =>
    given(
      submitted(task('a'), task('b', { optional: true }), task('c', { dependsOn: ['b'] }), task('d')),
      ...[...running('a'), completed('a'), ...running('b'), failed('b'), ...running('c')],
      ...[...running('d'), cancelled('d', { by: otherCancellationId })],
    )
      .when(cancelJob)
      .then(blocked('job', keys), cancelling('c')));

  it('does nothing when it is repeated', () =>
    given(chain, ...running('a'), blocked('job', keys), cancelling('a'))
      .when(cancelJob)
      .thenNothing());

  it('does nothing when the job has ended', () =>
    given(submitted(task('a')), ...running('a'), completed('a'), jobCompleted())
      .when(cancelJob)
      .thenNothing());

  it('does nothing to a job that was cancelled before', () =>
    given(submitted(task('a')), queued('a'), blocked('job', ['a'], otherCancellationId), cancelled('a'), jobCancelled())
      .when(cancelJob)
      .thenNothing());

  it('shows the job as cancelling until its last task has ended', () =>
    expect(stateAfter(jobDecider, [chain, ...running('a'), blocked('job', keys), cancelling('a')]).status).toBe(
      'cancelling',
    ));
});

describe('cancelling one task', () => {
  it('cancels its dependents with it and leaves the rest alone', () =>
    given(chain, ...running('a'), ...running('d'))
      .when(cancelTask('a'))
      .then(
        blocked('tasks', ['a', 'b', 'c']),
        cancelled('c', neverStarted),
        cancelled('b', neverStarted),
        cancelling('a'),
      ));

  it('without cascade skips its dependents', () =>
    given(chain, queued('a'), ...running('d'))
      .when(cancelTask('a', 'none'))
      .then(
        sparing({ b: 'skipped', c: 'skipped' }, blocked('tasks', ['a'])),
        cancelled('a', neverStarted),
        skipped('b', 'a'),
        skipped('c', 'b'),
      ));

  it('without cascade leaves its dependents waiting until it has ended', () =>
    given(chain, ...running('a'), ...running('d'))
      .when(cancelTask('a', 'none'))
      .then(sparing({ b: 'skipped', c: 'skipped' }, blocked('tasks', ['a'])), cancelling('a')));

  it('without cascade lets the dependents of an optional task run', () =>
    given(submitted(task('a', { optional: true }), task('b', { dependsOn: ['a'] })), queued('a'))
      .when(cancelTask('a', 'none'))
      .then(sparing({ b: 'goes-on' }, blocked('tasks', ['a'])), cancelled('a', neverStarted), queued('b', now)));

  it('without cascade tells a dependent that goes on from one that is skipped behind it', () =>
    given(
      submitted(
        task('a', { optional: true }),
        task('x'),
        task('b', { dependsOn: ['a', 'x'] }),
        task('c', { dependsOn: ['b'] }),
      ),
      ...[...running('a'), ...running('x')],
    )
      .when(cancelTask('a', 'none'))
      .then(sparing({ b: 'goes-on', c: 'goes-on' }, blocked('tasks', ['a'])), cancelling('a')));

  it('leaves the job running', () =>
    expect(stateAfter(jobDecider, [chain, ...running('a'), blocked('tasks', ['a']), cancelling('a')]).status).toBe(
      'running',
    ));

  it('ends the job as cancelled when nothing else was left', () =>
    given(submitted(task('a'), task('b')), ...running('a'), completed('a'), queued('b'))
      .when(cancelTask('b'))
      .then(blocked('tasks', ['b']), cancelled('b', neverStarted), jobCancelled()));

  it('ends the job as completed when only optional tasks were cancelled', () =>
    given(submitted(task('a'), task('b', { optional: true })), ...running('a'), completed('a'), queued('b'))
      .when(cancelTask('b'))
      .then(blocked('tasks', ['b']), cancelled('b', neverStarted), jobCompleted()));

  it('refuses a task the job does not have', () =>
    given(chain).when(cancelTask('nobody')).thenRejected('task-not-found'));

  it('came too late when the task has completed: its dependents go on', () =>
    given(chain, ...running('a'), completed('a'), queued('b'))
      .when(cancelTask('a'))
      .thenNothing());

  describe('that another cancellation has ended and spared what depends on it', () => {
    const spared = given(
      submitted(task('a', { optional: true }), task('b', { dependsOn: ['a'] })),
      ...running('a'),
      blocked('tasks', ['a'], otherCancellationId),
      cancelled('a', { by: otherCancellationId }),
      queued('b'),
    );

    it('ends that too when it is asked for next', () =>
      spared.when(cancelTask('a')).then(blocked('tasks', ['a', 'b']), cancelled('b', neverStarted), jobCancelled()));

    it('leaves it alone when it is spared again', () => spared.when(cancelTask('a', 'none')).thenNothing());
  });
});
