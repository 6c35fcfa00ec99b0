import { describe, expect, it } from '@jest/globals';
import { specOf, stateAfter } from '../testing/given.js';
import {
  assigned,
  blocked,
  cancellationId,
  cancelled,
  executionId,
  jobId,
  now,
  otherCancellationId,
  queued,
  submitted,
  task,
  taskId,
} from '../testing/jobs.js';
import { jobDecider } from './decider.js';
import type { JobCommand } from './job-command.js';
import type { JobEvent } from './job-event.js';

const given = specOf(jobDecider);
const chain = submitted(task('a'), task('b', { dependsOn: ['a'] }));
const dequeue: JobCommand = { type: 'DequeueJob', cancellationId, at: now };
const dequeued: JobEvent = {
  type: 'JobCancelled',
  jobId,
  cancellationId,
  neverStarted: true,
  dequeued: true,
  at: now,
};
const unassigned: JobEvent = {
  type: 'TaskUnassigned',
  taskId: taskId('a'),
  executionId: executionId('a1'),
  because: 'full',
  at: now,
};
const block: JobCommand = { type: 'BlockDispatch', cancellationId, taskId: null, cascade: 'dependents', at: now };

describe('dequeuing a job', () => {
  it('ends a waiting one in a single event', () => given(chain, queued('a')).when(dequeue).then(dequeued));

  it('leaves it blocked, with every task cancelled, none of them ever started', () =>
    expect(stateAfter(jobDecider, [chain, queued('a'), dequeued])).toMatchObject({
      status: 'cancelled',
      endedAt: now,
      cancellations: [{ cancellationId, scope: 'job', taskIds: ['task_a', 'task_b'] }],
      tasks: Array(2).fill({ progress: { status: 'cancelled', cancellationId, neverStarted: true, endedAt: now } }),
    }));

  it('leaves a task that was cancelled before as it was', () => {
    const before = blocked('tasks', ['b'], otherCancellationId);
    const gone = cancelled('b', { neverStarted: true, by: otherCancellationId });
    expect(stateAfter(jobDecider, [chain, queued('a'), before, gone, dequeued])).toMatchObject({
      tasks: [{ progress: { cancellationId } }, { progress: { cancellationId: otherCancellationId } }],
    });
  });

  it('does nothing to a job that was assigned, also when the assignment was taken back', () => {
    given(chain, queued('a'), assigned('a')).when(dequeue).thenNothing();
    given(chain, queued('a'), assigned('a'), unassigned).when(dequeue).thenNothing();
  });

  it('does nothing to a job that has ended, so nothing happens twice', () =>
    given(chain, queued('a'), dequeued).when(dequeue).thenNothing());

  it('leaves nothing for a cancellation of the job that comes later', () =>
    given(chain, queued('a'), dequeued)
      .when({ ...block, cancellationId: otherCancellationId })
      .thenNothing());
});
