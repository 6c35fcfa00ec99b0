import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@necrocode/service-kit';
import { ending, runnerDescription, submission, task } from '../spec/fixtures.js';
import { DispatcherStage, type Replica } from '../spec/open-dispatcher.js';

let stage: DispatcherStage;
let replica: Replica;

beforeEach(async () => {
  stage = await DispatcherStage.set();
  replica = await stage.open();
});

afterEach(() => stage.strike());

describe('blocking dispatch', () => {
  it('answers a repetition like the first time, and appends nothing', async () => {
    const job = submission([task('a'), task('b', { dependsOn: ['a'] })]);
    await replica.register(runnerDescription(1));
    await replica.submit(job);
    await replica.assignBatch();
    const cancellationId = newId('can');
    const first = await replica.block(job, cancellationId);
    const types = await replica.typesOf(job.jobId);
    expect(await replica.block(job, cancellationId)).toEqual(first);
    expect(await replica.typesOf(job.jobId)).toEqual(types);
    expect(first.taskIds).toEqual(job.tasks.map(({ taskId }) => taskId));
    expect(first.facts.tasks.map(({ status }) => status)).toEqual(['cancelling', 'cancelled']);
  });

  it('leaves nothing of a queued job to be assigned', async () => {
    const job = submission([task('a'), task('b')]);
    await replica.submit(job);
    await replica.block(job, newId('can'));
    await replica.register(runnerDescription(5));
    expect(await replica.assignBatch()).toEqual([]);
    expect(await replica.rows('ready_task')).toEqual([]);
  });

  it('of one task leaves the others, and lets what only waited for a decision go on', async () => {
    const [a, b, c] = [task('a'), task('b', { dependsOn: ['a'] }), task('c')];
    const job = submission([a, b, c]);
    await replica.submit(job);
    const { taskIds, facts } = await replica.block(job, newId('can'), a.taskId);
    expect(taskIds).toEqual([a.taskId, b.taskId]);
    expect(facts.tasks.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'queued']);
    await replica.register(runnerDescription(5));
    expect((await replica.assignBatch()).map((order) => order.task.spec.key)).toEqual(['c']);
  });

  it('of one task alone says, also when asked again, what becomes of its dependents', async () => {
    const [a, b] = [task('a'), task('b', { dependsOn: ['a'] })];
    const job = submission([a, b]);
    await replica.submit(job);
    const cancellationId = newId('can');
    const first = await replica.block(job, cancellationId, a.taskId, 'none');
    expect(first.spared).toEqual([{ taskId: b.taskId, key: 'b', fate: 'skipped' }]);
    expect(await replica.block(job, cancellationId, a.taskId, 'none')).toEqual(first);
  });

  it('of one task takes the inputs along that nobody else needs, running ones included', async () => {
    const [fetch, train, other] = [task('fetch'), task('train', { dependsOn: ['fetch'] }), task('other')];
    const job = submission([fetch, train, other]);
    await replica.register(runnerDescription(5));
    await replica.submit(job);
    await replica.assignBatch();
    const { facts } = await replica.block(job, newId('can'), train.taskId, 'dependents-and-unneeded-inputs');
    expect(facts.tasks.map(({ status }) => status)).toEqual(['cancelling', 'cancelled', 'pending']);
  });

  it('of a job that has ended says how it ended', async () => {
    const a = task('a');
    const job = submission([a]);
    await replica.register(runnerDescription(1));
    await replica.submit(job);
    const [order] = await replica.assignBatch();
    if (!order) throw new Error('not assigned');
    const execution = { ...order.assignment, jobId: job.jobId, taskId: a.taskId };
    await replica.reportEnded(execution, ending('exited'));
    const { facts, taskIds } = await replica.block(job, newId('can'));
    expect({ taskIds, status: facts.status }).toEqual({ taskIds: [], status: 'completed' });
    expect(facts.tasks).toMatchObject([{ status: 'completed', cancellationId: null }]);
  });

  it('and submitting, starting and ending at once leave one story', async () => {
    const other = await stage.open();
    await replica.register(runnerDescription(8));
    const jobs = Array.from({ length: 8 }, () => submission([task('a'), task('b')]));
    await replica.submit(...jobs);
    await Promise.all([
      ...jobs.map((job) => other.block(job, newId('can'))),
      replica.assignBatch().catch(() => []),
      other.assignBatch().catch(() => []),
    ]);
    const assigned = new Set((await replica.rows('assignment')).map((row) => row['task_id']));
    for (const job of jobs) {
      const facts = await replica.dispatcher.describeJob.handle(job.jobId);
      for (const { taskId, status } of facts.tasks)
        expect({ taskId, status }).toEqual({ taskId, status: assigned.has(taskId) ? 'cancelling' : 'cancelled' });
    }
    expect(await replica.assignBatch()).toEqual([]);
    expect(await replica.rows('ready_task')).toEqual([]);
  });
});
