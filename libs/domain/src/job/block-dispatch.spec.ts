import { describe, expect, it } from '@jest/globals';
import { ending } from '../testing/executions.js';
import { specOf, stateAfter } from '../testing/given.js';
import {
  assigned,
  blocked,
  cancellationId,
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
import type { Cascade, JobCommand, JobEvent } from './job.js';

const given = specOf(jobDecider);

/** a ← b ← c, and d beside them. */
const chain = submitted(
  task('a', { maxAttempts: 3 }),
  task('b', { dependsOn: ['a'] }),
  task('c', { dependsOn: ['b'] }),
  task('d'),
);
const keys = ['a', 'b', 'c', 'd'];

const cancelJob: JobCommand = { type: 'BlockDispatch', cancellationId, taskId: null, cascade: 'dependents', at: now };
const cancelTask = (key: string, cascade: Cascade = 'dependents', by = cancellationId): JobCommand => ({
  type: 'BlockDispatch',
  cancellationId: by,
  taskId: taskId(key),
  cascade,
  at: now,
});
const sparing = (fates: Readonly<Record<string, 'skipped' | 'goes-on'>>, event: JobEvent): JobEvent => ({
  ...(event as Extract<JobEvent, { type: 'DispatchBlocked' }>),
  spared: Object.entries(fates).map(([key, fate]) => ({ taskId: taskId(key), key, fate })),
});
const neverStarted = { neverStarted: true };

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

    it('ends that too when it is asked for now', () =>
      spared.when(cancelTask('a')).then(blocked('tasks', ['a', 'b']), cancelled('b', neverStarted), jobCancelled()));

    it('leaves it alone when it is spared again', () => spared.when(cancelTask('a', 'none')).thenNothing());
  });
});

describe('cancelling one task with the inputs nobody else needs', () => {
  const withInputs = 'dependents-and-unneeded-inputs';
  /** fetch ← prepare ← train ← publish; prepare ← evaluate, where `evaluate` is there. */
  const pipeline = (...more: Parameters<typeof submitted>) =>
    submitted(
      task('fetch'),
      task('prepare', { dependsOn: ['fetch'] }),
      task('train', { dependsOn: ['prepare'] }),
      task('publish', { dependsOn: ['train'] }),
      ...more,
    );

  it('ends them too, a running one included, and those only they needed', () =>
    given(pipeline(), ...running('fetch'))
      .when(cancelTask('train', withInputs))
      .then(
        blocked('tasks', ['fetch', 'prepare', 'train', 'publish']),
        cancelled('publish', neverStarted),
        cancelled('train', neverStarted),
        cancelled('prepare', neverStarted),
        cancelling('fetch'),
      ));

  it('spares an input, and what leads to it, that another task waits for', () =>
    given(pipeline(task('evaluate', { dependsOn: ['prepare'] })), ...running('fetch'))
      .when(cancelTask('train', withInputs))
      .then(
        blocked('tasks', ['train', 'publish']),
        cancelled('publish', neverStarted),
        cancelled('train', neverStarted),
      ));

  it('counts nobody as waiting who is being ended already', () =>
    given(
      submitted(task('a', { optional: true }), task('b', { dependsOn: ['a'] }), task('c', { dependsOn: ['a'] })),
      ...[...running('a'), blocked('tasks', ['c'], otherCancellationId)],
      cancelled('c', { by: otherCancellationId, neverStarted: true }),
    )
      .when(cancelTask('b', withInputs))
      .then(blocked('tasks', ['a', 'b']), cancelled('b', neverStarted), cancelling('a')));

  it('ends inputs of the dependents as well, and leaves what has completed', () =>
    given(
      submitted(
        task('done'),
        task('a', { dependsOn: ['done'] }),
        task('side'),
        task('b', { dependsOn: ['a', 'side'] }),
      ),
      ...[...running('done'), completed('done'), ...running('a'), ...running('side')],
    )
      .when(cancelTask('a', withInputs))
      .then(blocked('tasks', ['a', 'side', 'b']), cancelled('b', neverStarted), cancelling('side'), cancelling('a')));

  it('leaves a task alone that nothing depends on', () =>
    given(submitted(task('a'), task('alone')), ...running('a'), ...running('alone'))
      .when(cancelTask('a', withInputs))
      .then(blocked('tasks', ['a']), cancelling('a')));
});

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
