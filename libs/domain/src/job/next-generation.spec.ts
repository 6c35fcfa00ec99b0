import { describe, expect, it } from '@jest/globals';
import type { ArtifactRecord } from '../cleanup/cleanup.js';
import type { JobId, TaskId } from '../ids.js';
import { specOf, stateAfter } from '../testing/given.js';
import {
  at,
  blocked,
  cancelled,
  completed,
  executionId,
  failed,
  jobCancelled,
  jobCompleted,
  jobFailed,
  jobId,
  now,
  queued,
  running,
  runnerId,
  submitted,
  task,
  taskId,
} from '../testing/jobs.js';
import { jobDecider } from './decider.js';
import { isWaiting } from './dequeue.js';
import type { Job, SubmittedTask } from './job.js';
import type { JobEvent } from './job-event.js';
import { nextGeneration, RESTORE_LIMIT_CHARACTERS } from './next-generation.js';

const given = specOf(jobDecider);
// Casts: the brands of made-up ids.
const nextId = 'job_2' as JobId;
const newTaskId = () => 'task_new' as TaskId;
const retriedBy = (id: JobId): JobEvent => ({ type: 'JobRetried', jobId, retriedBy: id, at: now });
const retry = { type: 'RetryJob', retriedBy: nextId, at: now } as const;

const record = (key: string, path: string, more: Partial<ArtifactRecord> = {}): ArtifactRecord => ({
  ...{ taskId: taskId(key), path, bytes: 1, digest: 'sha256:1', policy: 'keep', location: `kept/${path}` },
  ...more,
});

function jobAfter(...events: JobEvent[]): Job {
  const job = stateAfter(jobDecider, events);
  if (job.status === 'unknown') throw new Error('no job');
  return job;
}

/** Those named first have completed; the last task was cancelled. */
function cancelledAfter(done: readonly string[], tasks: readonly SubmittedTask[]): Job {
  const ends = done.flatMap((key) => [...running(key), completed(key)]);
  const rest = tasks.filter(({ key }) => !done.includes(key)).map(({ key }) => cancelled(key));
  return jobAfter(submitted(...tasks), ...ends, blocked('job', []), ...rest, jobCancelled());
}

const chain = [task('a'), task('b', { dependsOn: ['a'] }), task('c', { dependsOn: ['b'] })];
const reusedKeys = ({ tasks }: { readonly tasks: readonly SubmittedTask[] }) =>
  tasks.filter(({ reusedFrom }) => reusedFrom).map(({ key }) => key);

describe('the next generation of a job', () => {
  it('takes over what completed, with its artifacts, from the runner that has them', () => {
    const next = nextGeneration(cancelledAfter(['a', 'b'], chain), [record('a', 'model')], newTaskId);
    expect(reusedKeys(next)).toEqual(['a', 'b']);
    expect(next.tasks[0]?.reusedFrom).toEqual({ jobId, executionId: executionId('a1') });
    const restore = [{ key: 'a', path: 'model', location: 'kept/model', digest: 'sha256:1' }];
    expect(next.retryOf).toEqual({ jobId, generation: 2, runnerId, restore, runsAgain: [] });
  });

  it('is tied to no runner when there is nothing to put back', () =>
    expect(nextGeneration(cancelledAfter(['a'], chain), [], newTaskId).retryOf.runnerId).toBeNull());

  it.each([{ policy: 'quarantine' }, { policy: 'delete', location: null }] as const)(
    'runs a task again whose artifacts were not kept, with those it needs and that need it: %j',
    (fate) => {
      const tasks = [...chain, task('d'), task('e', { dependsOn: ['c', 'd'] })];
      const next = nextGeneration(cancelledAfter(['a', 'b', 'c', 'd'], tasks), [record('b', 'x', fate)], newTaskId);
      expect(reusedKeys(next)).toEqual(['d']);
      expect(next.retryOf.runsAgain).toEqual([
        { key: 'b', because: 'artifacts-gone' },
        { key: 'a', because: 'goes-with-another' },
        { key: 'c', because: 'goes-with-another' },
      ]);
    },
  );

  it('runs again what makes the list too long for a start request', () => {
    const long = [record('a', 'p'.repeat(RESTORE_LIMIT_CHARACTERS))];
    const next = nextGeneration(cancelledAfter(['a'], [task('a'), task('c')]), long, newTaskId);
    expect(next.retryOf).toMatchObject({ restore: [], runsAgain: [{ key: 'a', because: 'too-many-artifacts' }] });
  });

  it('reuses nothing after artifacts could not be put back', () => {
    const error = { code: 'artifact-not-restored', message: '' };
    const broken: JobEvent = {
      type: 'TaskFailed',
      taskId: taskId('b'),
      executionId: executionId('b1'),
      error,
      at: now,
    };
    const [a, b] = [task('a', { reusedFrom: { jobId: nextId, executionId: executionId('x') } }), task('b')];
    const next = nextGeneration(jobAfter(submitted(a, b), ...running('b'), broken, jobFailed(error)), [], newTaskId);
    expect(reusedKeys(next)).toEqual([]);
    expect(next.retryOf.runsAgain).toEqual([{ key: 'a', because: 'restore-failed' }]);
  });

  it('never reuses a finalizer', () => {
    const tasks = [task('a'), task('z', { always: 'if-begun' })];
    const job = jobAfter(
      submitted(...tasks),
      ...running('a'),
      failed('a'),
      ...running('z'),
      completed('z'),
      jobFailed(),
    );
    expect(reusedKeys(nextGeneration(job, [], newTaskId))).toEqual([]);
  });

  it('passes on what it took over itself, where it still is, and keeps no deadline', () => {
    const first = nextGeneration(cancelledAfter(['a'], chain), [record('a', 'model')], newTaskId);
    const tasks = first.tasks.map((each) => ({ ...each, taskId: taskId(each.key) }));
    const second = stateAfter(jobDecider, [
      { ...submitted(...tasks), ...{ jobId: nextId, retryOf: first.retryOf } },
      ...[blocked('job', ['b', 'c']), cancelled('b'), cancelled('c'), jobCancelled()],
    ]);
    if (second.status === 'unknown') throw new Error('no job');
    const third = nextGeneration({ ...second, spec: { ...second.spec, deadline: { afterMs: 1 } } }, [], newTaskId);
    expect(third.retryOf).toEqual({ ...first.retryOf, jobId: nextId, generation: 3 });
    expect(third.tasks[0]?.reusedFrom).toEqual({ jobId, executionId: executionId('a1') });
    expect(third.spec.deadline).toBeUndefined();
  });
});

describe('submitting a next generation', () => {
  const reusedFrom = { jobId: nextId, executionId: executionId('x'), result: 7 };
  const [a, b] = [task('a', { reusedFrom }), task('b', { dependsOn: ['a'] })];
  const retryOf = { jobId: nextId, generation: 2, runnerId, restore: [], runsAgain: [] };
  const again = { ...submitted(a, b), retryOf } as Extract<JobEvent, { type: 'JobSubmitted' }>;

  it('releases at once what depends on reused tasks', () =>
    given()
      .when({ ...again, type: 'SubmitJob' })
      .then(again, queued('b')));

  it('has them completed, with their results, and keeps a place on its runner', () => {
    const job = jobAfter(again);
    expect(job.tasks[0]).toMatchObject({ progress: { status: 'completed', result: 7, endedAt: at(0) }, attempts: 0 });
    expect([isWaiting(job), job.runnerId]).toEqual([false, null]);
  });
});

describe('retrying a job', () => {
  const over = [submitted(task('a')), ...running('a'), failed('a'), jobFailed()];

  it('names its next generation once', () => {
    given(...over)
      .when(retry)
      .then(retriedBy(nextId));
    given(...over, retriedBy(nextId))
      .when(retry)
      .thenNothing();
  });
  it('refuses a second one', () =>
    given(...over, retriedBy('job_3' as JobId))
      .when(retry)
      .thenRejected('job-already-retried'));
  it('refuses a job that is not over', () =>
    given(submitted(task('a')), queued('a'))
      .when(retry)
      .thenRejected('job-not-over'));
  it('refuses a job that has completed', () =>
    given(submitted(task('a')), ...running('a'), completed('a'), jobCompleted())
      .when(retry)
      .thenRejected('job-completed'));
});
