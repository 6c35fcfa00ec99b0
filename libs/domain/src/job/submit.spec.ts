import { describe, expect, it } from '@jest/globals';
import type { RunnerId } from '../ids.js';
import { specOf, stateAfter } from '../testing/given.js';
import {
  assigned,
  assignment,
  at,
  cancelled,
  executionId,
  jobCompleted,
  jobId,
  now,
  queued,
  runnerId,
  started,
  submit,
  submitted,
  task,
  taskId,
} from '../testing/jobs.js';
import { jobDecider } from './decider.js';
import type { JobEvent } from './job-event.js';

const given = specOf(jobDecider);

describe('submitting a job', () => {
  it('queues the tasks that depend on nothing', () =>
    given()
      .when(submit(task('a'), task('b', { dependsOn: ['a'] }), task('c')))
      .then(submitted(task('a'), task('b', { dependsOn: ['a'] }), task('c')), queued('a'), queued('c')));

  it('completes a job without tasks at once', () =>
    given()
      .when(submit())
      .then(submitted(), jobCompleted(at(0))));

  it('refuses an id that was used before', () =>
    given(submitted(task('a')), queued('a'))
      .when(submit(task('a')))
      .thenRejected('job-exists'));

  it('takes a dependency that does not exist as none', () =>
    given()
      .when(submit(task('a', { dependsOn: ['nobody'] })))
      .then(submitted(task('a', { dependsOn: ['nobody'] })), queued('a')));

  it('leaves tasks that depend on each other blocked', () => {
    const [a, b] = [task('a', { dependsOn: ['b'] }), task('b', { dependsOn: ['a'] })];
    given().when(submit(a, b)).then(submitted(a, b));
  });
});

describe('a job nobody submitted', () => {
  it('refuses every command', () =>
    given()
      .when({ type: 'RecordStart', taskId: taskId('a'), executionId: executionId('a1'), at: now })
      .thenRejected('job-not-found'));

  it('stays unknown whatever is told of it', () =>
    expect(stateAfter(jobDecider, [queued('a'), cancelled('a'), jobCompleted()])).toStrictEqual({ status: 'unknown' }));
});

describe('a job that was submitted', () => {
  it('keeps to the runner of its first assignment', () => {
    const elsewhere: JobEvent = {
      type: 'TaskAssigned',
      jobId,
      taskId: taskId('b'),
      assignment: { ...assignment('b1'), runnerId: 'run_2' as RunnerId },
      at: now,
    };
    const state = stateAfter(jobDecider, [submitted(task('a'), task('b')), assigned('a'), elsewhere]);
    expect(state).toMatchObject({ jobId, runnerId });
  });

  it('remembers when its first task started', () => {
    const state = stateAfter(jobDecider, [
      submitted(task('a'), task('b')),
      ...[assigned('a'), assigned('b'), started('a', 1, at(5)), started('b', 1, at(6))],
    ]);
    expect(state).toMatchObject({ startedAt: at(5) });
  });

  it('ignores events of a task it does not have', () => {
    const before = stateAfter(jobDecider, [submitted(task('a')), queued('a')]);
    expect(jobDecider.evolve(before, queued('nobody'))).toStrictEqual(before);
  });
});
