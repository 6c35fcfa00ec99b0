import { describe, expect, it } from '@jest/globals';
import { dispatchedJobDecider } from '../job/dispatched-job.js';
import { CASCADES, type Cascade } from '../job/job.js';
import type { JobEvent } from '../job/job-event.js';
import { stateAfter } from '../testing/given.js';
import {
  blocked,
  cancelled,
  jobCancelled,
  jobId,
  queued,
  running,
  skipped,
  submitted,
  task,
  taskId,
} from '../testing/jobs.js';
import { isAnyLeft } from './already-ended.js';

/** fetch ← train ← report, where a report is made without the training too. */
const pipeline = submitted(
  task('fetch', { optional: true }),
  task('train', { dependsOn: ['fetch'], optional: true }),
  task('report', { dependsOn: ['train'] }),
);
const leftOfTrain = (events: readonly JobEvent[]): readonly Cascade[] => {
  const job = stateAfter(dispatchedJobDecider, [pipeline, ...events]);
  return CASCADES.filter((cascade) => isAnyLeft({ kind: 'task', jobId, taskId: taskId('train'), cascade }, job));
};
const neverStarted = { neverStarted: true };

describe('of a task that was cancelled there is left', () => {
  const alone = [...running('fetch'), blocked('tasks', ['train']), cancelled('train', neverStarted)];

  it('what depends on it and was spared, and its inputs, for whoever asks for those', () =>
    expect(leftOfTrain(alone)).toEqual(['dependents', 'dependents-and-unneeded-inputs']));

  it('an input that nobody needs any more, where what depends on it has ended with it', () =>
    expect(leftOfTrain([...alone, skipped('report', 'train')])).toEqual(['dependents-and-unneeded-inputs']));

  it('nothing when all of that has ended', () =>
    expect(leftOfTrain([...alone, skipped('report', 'train'), cancelled('fetch')])).toEqual([]));

  it('nothing when the job is over', () =>
    expect(
      leftOfTrain([queued('fetch'), blocked('job', ['fetch', 'train', 'report']), jobCancelled(neverStarted)]),
    ).toEqual([]));
});
