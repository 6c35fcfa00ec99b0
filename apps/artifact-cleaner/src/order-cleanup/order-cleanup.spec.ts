import { describe, expect, it } from '@jest/globals';
import {
  type ArtifactPolicy,
  type CancellationId,
  executionsUnder,
  type Job,
  orderJobCleanup,
  orderSlotCleanup,
  orderTaskCleanup,
  type SlotId,
  type Task,
  type TaskProgress,
} from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { aTask } from '../testing/job-story.js';

const at = '2026-01-01T00:00:00.000Z';
const runnerId = newId('run');
const cancellationId = newId('can');
const error = { code: 'command-failed', message: '' };
const assignment = { executionId: newId('exe'), runnerId, fencingToken: 1, attempt: 1, slot: null };

function task(key: string, progress: TaskProgress, more: Partial<Task['spec']> = {}, ran = true): Task {
  const executionIds = ran ? [newId('exe')] : [];
  return { spec: aTask(key, more), progress, attempts: executionIds.length, executionIds, unheard: [] };
}

function aJob(...tasks: Task[]): Job {
  return {
    status: 'cancelled',
    jobId: newId('job'),
    spec: { name: 'spec', queue: 'default', priority: 50, labels: {}, metadata: {}, owner: 'spec' },
    tasks,
    cancellations: [],
    parked: [],
    runnerId,
    leftRunnerIds: [],
    error: null,
    overdue: null,
    retryOf: null,
    retriedBy: null,
    finalizingSince: null,
    neverStarted: true,
    submittedAt: at,
    startedAt: at,
    endedAt: at,
  };
}

const cancelled = (neverStarted = false, by: CancellationId = cancellationId): TaskProgress => ({
  status: 'cancelled',
  cancellationId: by,
  neverStarted,
  endedAt: at,
});
const wishing = (policy: ArtifactPolicy | null) => new Map([[cancellationId, policy]]);
const policies = (job: Job, wish: ArtifactPolicy | null = null) =>
  orderJobCleanup(job, wishing(wish)).artifacts.map(({ key, policy }) => [key, policy]);

describe('what is done with the artifacts of a job', () => {
  it('keeps those of tasks that completed or failed, whatever was wished for others', () => {
    const job = aJob(
      task('completed', { status: 'completed', endedAt: at }, { onCancelArtifacts: 'delete' }),
      task('failed', { status: 'failed', error, endedAt: at }, { onCancelArtifacts: 'delete' }),
    );
    expect(policies(job, 'delete')).toEqual([
      ['completed', 'keep'],
      ['failed', 'keep'],
    ]);
  });

  it.each<ArtifactPolicy>(['keep', 'quarantine', 'delete'])(
    '%ss those of a cancelled task as it says itself',
    (own) => {
      expect(policies(aJob(task('train', cancelled(), { onCancelArtifacts: own })))).toEqual([['train', own]]);
    },
  );

  it.each<ArtifactPolicy>(['keep', 'quarantine', 'delete'])(
    '%ss them as its cancellation wished, over the task',
    (wish) => {
      const own = wish === 'keep' ? 'delete' : 'keep';
      expect(policies(aJob(task('train', cancelled(), { onCancelArtifacts: own })), wish)).toEqual([['train', wish]]);
    },
  );

  it('follows the cancellation that ended each task, not another one of the job', () => {
    const job = aJob(task('mine', cancelled()), task('earlier', cancelled(false, newId('can'))));
    expect(policies(job, 'delete')).toEqual([
      ['mine', 'delete'],
      ['earlier', 'keep'],
    ]);
  });

  it('counts a task under cancellation as cancelled', () => {
    const progress = { status: 'cancelling', assignment, cancellationId, started: true } as const;
    expect(policies(aJob(task('stopping', progress)), 'quarantine')).toEqual([['stopping', 'quarantine']]);
  });

  it('lets tasks that never ran take nothing of what others made', () => {
    const job = aJob(
      task('never started', cancelled(true)),
      task('never assigned', cancelled(true), {}, false),
      task('skipped', { status: 'skipped', because: newId('task'), endedAt: at }, {}, false),
    );
    expect(policies(job, 'delete')).toEqual([]);
  });

  it('has nothing to do for tasks without artifacts', () => {
    expect(policies(aJob(task('bare', { status: 'completed', endedAt: at }, { artifacts: [] })))).toEqual([]);
  });

  it('names the runner that has the workspace, or none', () => {
    const job = aJob(task('a', { status: 'completed', endedAt: at }));
    expect(orderJobCleanup(job, new Map())).toMatchObject({ kind: 'job', jobId: job.jobId, runnerId });
    expect(orderJobCleanup({ ...job, runnerId: null }, new Map()).runnerId).toBeNull();
  });
});

describe('the cleanup of some tasks', () => {
  const [target, other] = [task('target', cancelled()), task('other', { status: 'completed', endedAt: at })];
  const job = aJob(target, other);
  const order = orderTaskCleanup(job, cancellationId, [target.spec.taskId], wishing('delete'));

  it('is theirs alone', () => {
    expect(order).toMatchObject({ kind: 'tasks', cancellationId, artifacts: [{ key: 'target', policy: 'delete' }] });
    expect(order.artifacts).toHaveLength(1);
  });

  it('waits for their executions only; that of the job for all', () => {
    expect(executionsUnder(order, job)).toEqual(target.executionIds);
    expect(executionsUnder(orderJobCleanup(job, new Map()), job)).toEqual([
      ...target.executionIds,
      ...other.executionIds,
    ]);
  });
});

describe('the cleanup of a slot', () => {
  const execution = {
    executionId: newId('exe'),
    jobId: newId('job'),
    taskId: newId('task'),
    runnerId,
    attempt: 1,
    fencingToken: 1,
    slot: null,
  };

  it('is ordered for an execution that held one', () => {
    const slot = { pool: 'repos', slotId: `${runnerId}/repos/1` as SlotId, kind: 'repository' as const };
    const { executionId, jobId } = execution;
    expect(orderSlotCleanup({ ...execution, slot })).toEqual({
      kind: 'slot',
      jobId,
      executionId,
      runnerId,
      pool: 'repos',
      slotId: slot.slotId,
      slotKind: 'repository',
    });
  });

  it('is not for one that held none', () => expect(orderSlotCleanup(execution)).toBeNull());
});
