import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SubmittedTask } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { ending, meta, runnerDescription, submission, task } from '../spec/fixtures.js';
import { gate } from '../spec/gate.js';
import { DispatcherStage, type Replica } from '../spec/open-dispatcher.js';
import { portOf } from '../spec/port-of.js';
import type { Submission } from '../submit-job/submit-job.js';

let stage: DispatcherStage;
let quick: Replica;
/** Its next append, once `hold` was called, waits between deciding and writing until the other replica has written. */
let slow: Replica;
let held: ReturnType<typeof gate> | null;

beforeEach(async () => {
  held = null;
  stage = await DispatcherStage.set();
  quick = await stage.open();
  slow = await stage.open((store) => ({
    ...portOf(store),
    append: async (streams, companions) => {
      const waiting = held;
      held = null;
      await waiting?.pass();
      return store.append(streams, companions);
    },
  }));
});
afterEach(() => stage.strike());

/** @returns what `late` came to when `first` was written while `late` had decided and not yet written */
async function overtake<Value>(late: () => Promise<Value>, first: () => Promise<unknown>): Promise<Value> {
  const waiting = (held = gate());
  const coming = late();
  await waiting.reached;
  await first();
  waiting.open();
  return coming;
}

/** A job whose first task runs. */
async function running(...tasks: SubmittedTask[]) {
  const job = submission(tasks);
  await quick.register(runnerDescription(1));
  await quick.submit(job);
  const [order] = await quick.assignBatch();
  if (!order) throw new Error('not assigned');
  const execution = { ...order.assignment, jobId: job.jobId, taskId: order.task.spec.taskId };
  await quick.reportStarted(execution);
  const before = (await quick.typesOf(job.jobId)).length;
  const since = async () => (await quick.typesOf(job.jobId)).slice(before);
  return { job, execution, since };
}

const completed = ending('exited');
const failed = ending('exited', { exit: { code: 1, signal: null } });
const retry = { maxAttempts: 2, backoff: { initialMs: 60_000, factor: 1, maxMs: 60_000, jitter: 0 } };

describe('a cancel and the natural end', () => {
  it('the cancel first: the end decides again and is the end of a cancelled task', async () => {
    const { job, execution, since } = await running(task('a'));
    await overtake(
      () => slow.reportEnded(execution, completed),
      () => quick.block(job, newId('can')),
    );
    expect(await since()).toEqual(['DispatchBlocked', 'TaskCancellationStarted', 'TaskCancelled', 'JobCancelled']);
  });

  it('the end first: the cancel decides again, blocks nothing and says how it ended', async () => {
    const { job, execution, since } = await running(task('a'));
    const { facts, taskIds } = await overtake(
      () => slow.block(job, newId('can')),
      () => quick.reportEnded(execution, completed),
    );
    expect({ taskIds, status: facts.status }).toEqual({ taskIds: [], status: 'completed' });
    expect(await since()).toEqual(['TaskCompleted', 'JobCompleted']);
  });
});

describe('a cancel and a retry', () => {
  it('the cancel first: what failed is not tried again', async () => {
    const { job, execution, since } = await running(task('a', { retry }));
    await overtake(
      () => slow.reportEnded(execution, failed),
      () => quick.block(job, newId('can')),
    );
    expect(await since()).toEqual(['DispatchBlocked', 'TaskCancellationStarted', 'TaskCancelled', 'JobCancelled']);
  });

  it('the retry first: the cancel decides again and ends the back-off', async () => {
    const { job, execution, since } = await running(task('a', { retry }));
    await overtake(
      () => slow.block(job, newId('can')),
      () => quick.reportEnded(execution, failed),
    );
    expect(await since()).toEqual(['TaskRetryScheduled', 'DispatchBlocked', 'TaskCancelled', 'JobCancelled']);
    expect(await quick.rows('ready_task')).toEqual([]);
  });
});

describe('the cancel of a task and its dependents becoming ready', () => {
  it('the cancel first: the dependents go with it and are never queued', async () => {
    const a = task('a');
    const { job, execution, since } = await running(a, task('b', { dependsOn: ['a'] }));
    await overtake(
      () => slow.reportEnded(execution, completed),
      () => quick.block(job, newId('can'), a.taskId),
    );
    expect(await since()).toEqual([
      ...['DispatchBlocked', 'TaskCancelled', 'TaskCancellationStarted'],
      ...['TaskCancelled', 'JobCancelled'],
    ]);
  });

  it('the end first: it is too late for the task, and its dependents go on', async () => {
    const a = task('a');
    const { job, execution, since } = await running(a, task('b', { dependsOn: ['a'] }));
    const { taskIds } = await overtake(
      () => slow.block(job, newId('can'), a.taskId),
      () => quick.reportEnded(execution, completed),
    );
    expect(taskIds).toEqual([]);
    expect(await since()).toEqual(['TaskCompleted', 'TaskQueued']);
  });
});

describe('a cancel and the same submission again, as a cron job would send it', () => {
  const again = (replica: Replica, job: Submission) => replica.dispatcher.submitJob.handle(job, meta());

  it('the cancel first: the submission is answered with the job that was cancelled, and begins nothing', async () => {
    const { job, since } = await running(task('a', { retry }));
    expect(
      await overtake(
        () => again(slow, job),
        () => quick.block(job, newId('can')),
      ),
    ).toEqual({ jobId: job.jobId, repeated: true });
    expect(await since()).toEqual(['DispatchBlocked', 'TaskCancellationStarted']);
    expect(await quick.assignBatch()).toEqual([]);
  });

  it('the submission first: it is the job there is, and the cancel ends that one', async () => {
    const { job, since } = await running(task('a', { retry }));
    const { facts } = await overtake(
      () => slow.block(job, newId('can')),
      () => again(quick, job),
    );
    expect(facts).toMatchObject({ jobId: job.jobId, status: 'cancelling' });
    expect(await since()).toEqual(['DispatchBlocked', 'TaskCancellationStarted']);
    expect(await quick.assignBatch()).toEqual([]);
  });
});
