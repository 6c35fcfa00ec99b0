import { describe, expect, it } from '@jest/globals';
import { specOf, stateAfter } from '../testing/given.js';
import {
  assigned,
  assignment,
  at,
  cancelling,
  completed,
  executionId,
  jobCompleted,
  jobId,
  now,
  queued,
  retryScheduled,
  running,
  started,
  submitted,
  task,
  taskId,
} from '../testing/jobs.js';
import { jobDecider } from './decider.js';
import type { JobCommand } from './job-command.js';
import type { JobEvent } from './job-event.js';

const given = specOf(jobDecider);
const job = submitted(task('a', { maxAttempts: 3 }), task('b', { dependsOn: ['a'] }));

const assign = (key: string, execution: string, time = now): JobCommand => {
  const { attempt: _, ...placed } = assignment(execution);
  return { type: 'AssignTask', taskId: taskId(key), assignment: placed, at: time };
};
const taskAssigned = (key: string, execution: string, attempt: number): JobEvent => ({
  type: 'TaskAssigned',
  jobId,
  taskId: taskId(key),
  assignment: assignment(execution, attempt),
  at: now,
});
const refused = (execution: string): JobCommand => ({
  type: 'UnassignTask',
  taskId: taskId('a'),
  executionId: executionId(execution),
  because: 'full',
  at: now,
});
const unassigned = (execution: string): JobEvent => ({
  type: 'TaskUnassigned',
  taskId: taskId('a'),
  executionId: executionId(execution),
  because: 'full',
  at: now,
});

describe('assigning a task', () => {
  it('begins the first attempt of a queued task', () =>
    given(job, queued('a'))
      .when(assign('a', 'a1'))
      .then(taskAssigned('a', 'a1', 1)));

  it('refuses a task whose dependencies are not completed', () =>
    given(job, queued('a')).when(assign('b', 'b1')).thenRejected('task-not-assignable'));

  it('refuses a task that is with a runner already', () =>
    given(job, queued('a'), assigned('a')).when(assign('a', 'other')).thenRejected('task-not-assignable'));

  it('refuses a task that is being cancelled', () =>
    given(job, ...running('a'), cancelling('a'))
      .when(assign('a', 'a2'))
      .thenRejected('task-not-assignable'));

  it('refuses a task the job does not have', () =>
    given(job, queued('a')).when(assign('nobody', 'x')).thenRejected('task-not-found'));

  it('begins the next attempt once the back-off is over', () =>
    given(job, ...running('a'), retryScheduled('a', 1, now))
      .when(assign('a', 'a2'))
      .then(taskAssigned('a', 'a2', 2)));

  it('refuses the next attempt before the back-off is over', () =>
    given(job, ...running('a'), retryScheduled('a', 1, at(61)))
      .when(assign('a', 'a2'))
      .thenRejected('task-not-assignable'));

  it('does nothing when it is repeated', () =>
    given(job, queued('a'), assigned('a')).when(assign('a', 'a1')).thenNothing());

  it('does not begin an execution again that has ended and waits for its retry', () =>
    given(job, ...running('a'), retryScheduled('a', 1, at(4)))
      .when(assign('a', 'a1'))
      .thenNothing());

  it('does not begin an execution again that its runner refused', () =>
    given(job, queued('a'), assigned('a'), unassigned('a1')).when(assign('a', 'a1')).thenNothing());
});

describe('unassigning a task its runner refused', () => {
  it('queues it again', () => given(job, queued('a'), assigned('a')).when(refused('a1')).then(unassigned('a1')));

  it('does not count the attempt', () =>
    given(job, queued('a'), assigned('a'), unassigned('a1'))
      .when(assign('a', 'a2'))
      .then(taskAssigned('a', 'a2', 1)));

  it('does nothing for an execution that is not the current one', () =>
    given(job, queued('a'), assigned('a')).when(refused('a0')).thenNothing());

  it('does nothing when the task runs', () =>
    given(job, ...running('a'))
      .when(refused('a1'))
      .thenNothing());

  it('leaves a task being cancelled to its tombstone', () =>
    given(job, queued('a'), assigned('a'), cancelling('a')).when(refused('a1')).thenNothing());
});

describe('recording the start of an execution', () => {
  const start = (execution: string): JobCommand => ({
    type: 'RecordStart',
    taskId: taskId('a'),
    executionId: executionId(execution),
    at: now,
  });

  it('sets its task running', () =>
    given(job, queued('a'), assigned('a'))
      .when(start('a1'))
      .then(started('a', 1, now)));

  it('is kept also while the task is being cancelled', () =>
    given(job, queued('a'), assigned('a'), cancelling('a'))
      .when(start('a1'))
      .then(started('a', 1, now)));

  it('does nothing when it is repeated', () =>
    given(job, ...running('a'))
      .when(start('a1'))
      .thenNothing());

  it('does nothing when it is repeated while the task is being cancelled', () =>
    given(job, queued('a'), assigned('a'), cancelling('a'), started('a')).when(start('a1')).thenNothing());

  it('does nothing for an execution that is not the current one', () =>
    given(job, queued('a'), assigned('a')).when(start('a0')).thenNothing());

  it('does nothing once the task has ended', () =>
    given(job, ...running('a'), completed('a'))
      .when(start('a1'))
      .thenNothing());
});

describe('the status of a job', () => {
  const statusAfter = (...events: JobEvent[]): string => stateAfter(jobDecider, [job, ...events]).status;

  it('is queued until something is assigned', () => expect(statusAfter(queued('a'))).toBe('queued'));
  it('is running while something is assigned', () => expect(statusAfter(queued('a'), assigned('a'))).toBe('running'));
  it('is queued again when the only assignment was refused', () =>
    expect(statusAfter(queued('a'), assigned('a'), unassigned('a1'))).toBe('queued'));
  it('is retrying while all it does is wait for a retry', () =>
    expect(statusAfter(...running('a'), retryScheduled('a'))).toBe('retrying'));
  it('is running between two tasks', () => expect(statusAfter(...running('a'), completed('a'))).toBe('running'));
  it('stays what the end made it', () =>
    expect(statusAfter(...running('a'), completed('a'), jobCompleted(), queued('b'))).toBe('completed'));

  it('ignores a start nobody assigned', () => expect(statusAfter(queued('a'), started('a'))).toBe('running'));
});
