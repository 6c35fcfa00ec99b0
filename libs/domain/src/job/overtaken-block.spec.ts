import { describe, it } from '@jest/globals';
import { chain, keys, cancelJob, cancelTask, sparing, neverStarted } from '../testing/blocks.js';
import { ending } from '../testing/executions.js';
import { specOf } from '../testing/given.js';
import {
  blocked,
  cancellationId,
  cancelled,
  cancelling,
  executionId,
  jobCancelled,
  now,
  otherCancellationId,
  queued,
  running,
  skipped,
  submitted,
  task,
  taskId,
} from '../testing/jobs.js';
import { jobDecider } from './decider.js';

const given = specOf(jobDecider);

describe('a stop that overtook the block of its cancellation', () => {
  it('holds back what depends on the task until the block', () =>
    given(chain, ...running('a'), ...running('d'))
      .when({
        type: 'RecordEnding',
        taskId: taskId('a'),
        executionId: executionId('a1'),
        ending: ending('stopped', { cancellationId }),
        random: 0,
        at: now,
      })
      .then(cancelled('a')));

  it('lets the block cancel the dependents', () =>
    given(chain, ...running('a'), ...running('d'), cancelled('a'))
      .when(cancelTask('a'))
      .then(blocked('tasks', ['a', 'b', 'c']), cancelled('c', neverStarted), cancelled('b', neverStarted)));

  it('lets the block without cascade skip them', () =>
    given(chain, ...running('a'), ...running('d'), cancelled('a'))
      .when(cancelTask('a', 'none'))
      .then(sparing({ b: 'skipped', c: 'skipped' }, blocked('tasks', ['a'])), skipped('b', 'a'), skipped('c', 'b')));

  it('lets the block end a job in which nothing is left to cancel', () =>
    given(submitted(task('a')), ...running('a'), cancelled('a'))
      .when(cancelTask('a'))
      .then(blocked('tasks', ['a']), jobCancelled()));

  it('holds back a job in which nothing is left but the block', () =>
    given(
      submitted(task('a'), task('b')),
      ...running('a'),
      ...running('b'),
      cancelled('a', { by: otherCancellationId }),
    )
      .when({
        type: 'RecordEnding',
        taskId: taskId('b'),
        executionId: executionId('b1'),
        ending: ending('stopped', { cancellationId }),
        random: 0,
        at: now,
      })
      .then(cancelled('b')));

  it('does not keep a job open that another cancellation ends as a whole', () =>
    given(submitted(task('a'), task('b')), ...running('a'), cancelled('a', { by: otherCancellationId }), queued('b'))
      .when(cancelJob)
      .then(blocked('job', ['a', 'b']), cancelled('b', neverStarted), jobCancelled()));

  it('leaves a job-wide block that finds all ended to the one it waits for', () =>
    given(submitted(task('a')), ...running('a'), cancelled('a', { by: otherCancellationId }))
      .when(cancelJob)
      .thenNothing());
});

describe('two cancellations of one job', () => {
  const taskFirst = [...running('a'), ...running('d'), blocked('tasks', ['a'], otherCancellationId)];

  it('let a job-wide one join a task that is being cancelled', () =>
    given(submitted(task('a'), task('d')), ...taskFirst, cancelling('a', 1, otherCancellationId))
      .when(cancelJob)
      .then(blocked('job', ['a', 'd']), cancelling('d')));

  it('end the job in the name of the job-wide one', () =>
    given(
      submitted(task('a'), task('d')),
      ...taskFirst,
      cancelling('a', 1, otherCancellationId),
      blocked('job', ['a', 'd']),
      cancelled('d'),
    )
      .when({
        type: 'RecordEnding',
        taskId: taskId('a'),
        executionId: executionId('a1'),
        ending: ending('stopped', { cancellationId: otherCancellationId }),
        random: 0,
        at: now,
      })
      .then(cancelled('a', { by: otherCancellationId }), jobCancelled()));

  it('block a task that a job-wide one is ending for the task’s own too', () =>
    given(chain, ...running('a'), blocked('job', keys), cancelling('a'), cancelled('b'), cancelled('c'), cancelled('d'))
      .when(cancelTask('a', 'none', otherCancellationId))
      .then(blocked('tasks', ['a'], otherCancellationId)));
});
