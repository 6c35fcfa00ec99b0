import { describe, expect, it } from '@jest/globals';
import { exited } from '../testing/executions.js';
import { specOf, stateAfter } from '../testing/given.js';
import {
  blocked,
  cancelled,
  completed,
  executionId,
  exitedWith1,
  failed,
  jobCancelled,
  jobCompleted,
  jobFailed,
  now,
  queued,
  running,
  skipped,
  submitted,
  task,
  taskId,
} from '../testing/jobs.js';
import { conclude } from './conclude.js';
import { jobDecider } from './decider.js';
import type { JobCommand } from './job-command.js';

const given = specOf(jobDecider);
const end = (key: string, code: number): JobCommand => ({
  type: 'RecordEnding',
  taskId: taskId(key),
  executionId: executionId(`${key}1`),
  ending: exited(code),
  random: 0,
  at: now,
});

describe('what follows from the end of a task', () => {
  it('queues the tasks that waited for nothing else', () =>
    given(
      submitted(task('a'), task('b'), task('c', { dependsOn: ['a'] }), task('d', { dependsOn: ['a', 'b'] })),
      ...running('a'),
      ...running('b'),
    )
      .when(end('a', 0))
      .then(completed('a', 1, now), queued('c', now)));

  it('skips everything that depends on a failed task, wherever it stands in the list', () =>
    given(submitted(task('c', { dependsOn: ['b'] }), task('b', { dependsOn: ['a'] }), task('a')), ...running('a'))
      .when(end('a', 1))
      .then(failed('a', 1, now), skipped('b', 'a'), skipped('c', 'b'), jobFailed()));

  it('queues the dependents of an optional task that failed', () =>
    given(submitted(task('a', { optional: true }), task('b', { dependsOn: ['a'] })), ...running('a'))
      .when(end('a', 1))
      .then(failed('a', 1, now), queued('b', now)));

  it('queues what depends on an optional task that was skipped', () =>
    given(
      submitted(task('a'), task('b', { dependsOn: ['a'], optional: true }), task('c', { dependsOn: ['b'] })),
      ...running('a'),
    )
      .when(end('a', 1))
      .then(failed('a', 1, now), skipped('b', 'a'), queued('c', now)));

  it('skips a task at its first failed dependency while others still run', () =>
    given(submitted(task('a'), task('b'), task('c', { dependsOn: ['a', 'b'] })), ...running('a'), ...running('b'))
      .when(end('b', 1))
      .then(failed('b', 1, now), skipped('c', 'b')));

  it('names for several tasks skipped through one task the one each depends on', () =>
    given(
      submitted(
        task('a'),
        task('b', { dependsOn: ['a'] }),
        task('c', { dependsOn: ['b'] }),
        task('d', { dependsOn: ['b'] }),
      ),
      ...running('a'),
    )
      .when(end('a', 1))
      .then(failed('a', 1, now), skipped('b', 'a'), skipped('c', 'b'), skipped('d', 'b'), jobFailed()));
});

describe('the end of a job', () => {
  it('is completed when every task is', () =>
    given(submitted(task('a')), ...running('a'))
      .when(end('a', 0))
      .then(completed('a', 1, now), jobCompleted()));

  it('waits for the last task', () =>
    given(submitted(task('a'), task('b')), ...running('a'), ...running('b'))
      .when(end('a', 1))
      .then(failed('a', 1, now)));

  it('is completed when only optional tasks failed', () =>
    given(submitted(task('a', { optional: true })), ...running('a'))
      .when(end('a', 1))
      .then(failed('a', 1, now), jobCompleted()));

  it('is failed when a task failed beside a cancelled one', () =>
    given(submitted(task('a'), task('b')), ...running('a'), blocked('tasks', ['a']), cancelled('a'), ...running('b'))
      .when(end('b', 1))
      .then(failed('b', 1, now), jobFailed()));

  it('is cancelled when a task was cancelled and the others completed', () =>
    given(submitted(task('a'), task('b')), ...running('a'), blocked('tasks', ['a']), cancelled('a'), ...running('b'))
      .when(end('b', 0))
      .then(completed('b', 1, now), jobCancelled()));

  it('comes once', () => {
    const over = stateAfter(jobDecider, [submitted(task('a')), ...running('a'), failed('a'), jobFailed()]);
    expect(over).toMatchObject({ status: 'failed', endedAt: now, error: exitedWith1 });
    expect(over.status === 'unknown' ? null : conclude(over, now)).toStrictEqual([]);
  });
});
