import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dispatcherCommands, type QueueItem, type QueueStatus } from '@necrocode/contracts';
import { type JobCommand, jobDecider, type JobId } from '@necrocode/domain';
import { CodedError, newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { QueueStage } from '../spec/queue-stage.js';
import { act } from '../spec/test-gateway.js';

let queues: QueueStage;

beforeAll(async () => {
  queues = await QueueStage.set();
}, 60_000);
afterAll(() => queues.strike());

describe('retry_items_by_id', () => {
  it('does items again that failed or were canceled, once, and leaves out the others', async () => {
    const asked: JobId[] = [];
    queues.gateway.answer(dispatcherCommands.retryJob, async ({ jobId, retriedBy }) => {
      const repeated = asked.includes(jobId);
      asked.push(jobId);
      const [submitted] = await queues.gateway.open.platform.store.readStream(`job-${jobId}`);
      // Cast: the first event of a job.
      const { spec, tasks } = submitted?.data as Pick<Extract<JobCommand, { type: 'SubmitJob' }>, 'spec' | 'tasks'>;
      const retryOf = { jobId, generation: 2, runnerId: null, restore: [], runsAgain: [] };
      const again = tasks.map((task) => ({ ...task, taskId: newId('task') }));
      const at = new Date().toISOString();
      const command: JobCommand = { type: 'SubmitJob', jobId: retriedBy, spec, tasks: again, retryOf, at };
      if (!repeated) await act(queues.gateway, jobDecider, 'job', retriedBy, retriedBy, command);
      return { jobId: retriedBy, repeated };
    });
    const [failed, alive] = [await queues.running('again'), await queues.running('again')];
    await failed.job.fail('timed-out');
    await eventually(async () =>
      expect((await queues.call<QueueStatus>('GET', 'again/status'))[1].queue).toMatchObject({ failed: 1 }),
    );
    const retry = () =>
      queues.call('PUT', 'again/retry_items_by_id', [failed.itemId, alive.itemId, 999_999, failed.itemId]);
    expect(await retry()).toEqual([200, { queue_id: 'again', retried_item_ids: [failed.itemId] }]);
    expect(await retry()).toEqual([200, { queue_id: 'again', retried_item_ids: [] }]);
    expect(new Set(asked)).toEqual(new Set([failed.job.jobId]));
    const again = await eventually(async () => {
      const [, items] = await queues.call<QueueItem[]>('GET', 'again/list_all');
      const item = items.find(({ retried_from_item_id }) => retried_from_item_id === failed.itemId);
      if (!item) throw new Error('not listed yet');
      return item;
    });
    expect(again).toMatchObject({ status: 'pending', device: null, root_item_id: null });
  });

  it('leaves out what the dispatcher will not do again, and passes on what went wrong', async () => {
    const { job, itemId } = await queues.running('unclean');
    await job.fail('timed-out');
    await eventually(async () =>
      expect((await queues.call<QueueStatus>('GET', 'unclean/status'))[1].queue).toMatchObject({ failed: 1 }),
    );
    let code: 'job-not-cleaned' | 'store-unavailable' = 'job-not-cleaned';
    queues.gateway.answer(dispatcherCommands.retryJob, () => Promise.reject(new CodedError(code)));
    expect(await queues.call('PUT', 'unclean/retry_items_by_id', [itemId])).toMatchObject([
      200,
      { retried_item_ids: [] },
    ]);
    code = 'store-unavailable';
    expect(await queues.call('PUT', 'unclean/retry_items_by_id', [itemId])).toMatchObject([
      503,
      { necrocode: { code } },
    ]);
    expect(await queues.call('PUT', 'unclean/retry_items_by_id', { item_ids: [itemId] })).toMatchObject([422, {}]);
  });
});
