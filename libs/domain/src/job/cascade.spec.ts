import { describe, it } from '@jest/globals';
import { cancelTask, neverStarted } from '../testing/blocks.js';
import { specOf } from '../testing/given.js';
import {
  blocked,
  cancelled,
  cancelling,
  completed,
  otherCancellationId,
  running,
  submitted,
  task,
} from '../testing/jobs.js';
import { jobDecider } from './decider.js';

const given = specOf(jobDecider);

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
