import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@necrocode/service-kit';
import { runnerDescription, submission, task } from '../spec/fixtures.js';
import { DispatcherStage, type Replica } from '../spec/open-dispatcher.js';

let stage: DispatcherStage;
let replica: Replica;

beforeEach(async () => {
  stage = await DispatcherStage.set();
  replica = await stage.open();
});
afterEach(() => stage.strike());

describe('previewing a block', () => {
  it('answers what the block itself then answers, and appends nothing', async () => {
    const [a, b, c] = [task('a'), task('b', { dependsOn: ['a'] }), task('c')];
    const job = submission([a, b, c]);
    await replica.register(runnerDescription(1));
    await replica.submit(job);
    await replica.assignBatch();
    const order = { cancellationId: newId('can'), jobId: job.jobId, taskId: a.taskId, cascade: 'none' as const };
    const types = await replica.typesOf(job.jobId);
    const { before, after, ...rest } = await replica.dispatcher.previewBlock.handle(order);
    expect(await replica.typesOf(job.jobId)).toEqual(types);
    expect(before).toEqual(await replica.dispatcher.describeJob.handle(job.jobId));
    expect(await replica.block(job, order.cancellationId, a.taskId, 'none')).toEqual({ facts: after, ...rest });
    expect(rest.spared).toMatchObject([{ key: 'b', fate: 'skipped' }]);
  });

  it('refuses a job and a task nobody submitted', async () => {
    const order = { cancellationId: newId('can'), jobId: newId('job'), taskId: null, cascade: 'dependents' as const };
    await expect(replica.dispatcher.previewBlock.handle(order)).rejects.toThrow('job-not-found');
    const job = submission([task('a')]);
    await replica.submit(job);
    const stranger = { ...order, jobId: job.jobId, taskId: newId('task') };
    await expect(replica.dispatcher.previewBlock.handle(stranger)).rejects.toThrow('task-not-found');
  });
});
