import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cancellationCommands, type QueueItem, type QueueStatus } from '@necrocode/contracts';
import { type BulkTarget } from '@necrocode/domain';
import { CodedError } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { graph, QueueStage } from '../spec/queue-stage.js';

let queues: QueueStage;

beforeAll(async () => {
  queues = await QueueStage.set();
}, 60_000);
afterAll(() => queues.strike());

describe('many items', () => {
  const asked: BulkTarget[] = [];
  let limit = Infinity;
  beforeAll(() => {
    const plan = { targets: 0, waiting: 0, started: 0, snapshotAt: '2026-01-01T00:00:00.000Z', digest: 'sha256:0' };
    queues.gateway.answer(cancellationCommands.planBulk, () => ({ plan, planToken: 'the-plan', jobIds: [] }));
    queues.gateway.answer(cancellationCommands.requestBulk, ({ request, planToken }) => {
      if (planToken === null && limit === 0) throw new CodedError('bulk-not-confirmed', { targets: 9, limit });
      asked.push(request.target);
      return { cancellationId: null, plan };
    });
  });
  beforeEach(() => {
    asked.length = 0;
    limit = Infinity;
  });

  it.each([
    ['PUT', 'cancel_all_except_current', { canceled: 0 }],
    ['POST', 'cancel_all_except_current', { canceled: 0 }],
  ])('%s %s ends what has not begun, as one bulk', async (method, path, reply) => {
    expect(await queues.call(method, `many/${path}`)).toEqual([200, reply]);
    expect(asked).toEqual([{ kind: 'selector', selector: { queue: 'many', states: ['queued'] } }]);
  });

  it('of one destination are ended as one bulk', async () => {
    expect(await queues.call('PUT', 'many/cancel_by_destination?destination=x')).toEqual([200, { canceled: 0 }]);
    expect(asked).toEqual([{ kind: 'selector', selector: { queue: 'many', labels: { destination: 'x' } } }]);
  });

  it('of batches are ended as one bulk each, those of other queues are left alone', async () => {
    await queues.enqueue('batches', { batch_id: 'b1', graph });
    await queues.enqueue('batches', { batch_id: 'b2', graph });
    await queues.enqueue('elsewhere', { batch_id: 'b3', graph });
    const body = { batch_ids: ['b1', 'b2', 'b3', 'b1', 'unknown'] };
    expect(await queues.call('PUT', 'batches/cancel_by_batch_ids', body)).toEqual([200, { canceled: 0 }]);
    expect(asked).toMatchObject([{ kind: 'batch' }, { kind: 'batch' }]);
    expect(new Set(asked.map((target) => JSON.stringify(target))).size).toBe(2);
    expect(await queues.call('PUT', 'batches/cancel_by_batch_ids', {})).toMatchObject([
      422,
      { detail: [{ loc: ['body', 'batch_ids'] }] },
    ]);
  });

  it.each(['PUT', 'POST'])('are all ended and deleted by %s clear', async (method) => {
    const queue = `cleared-${method}`;
    await queues.enqueue(queue, { graph, runs: 3 });
    expect(await queues.call(method, `${queue}/clear`)).toEqual([200, { deleted: 3 }]);
    expect(asked).toEqual([{ kind: 'queue', queue, mode: 'everything' }]);
    expect(await queues.call('GET', `${queue}/status`)).toMatchObject([200, { queue: { total: 0 } }]);
    await queues.enqueue(queue, { graph });
    expect(await queues.call('GET', `${queue}/status`)).toMatchObject([200, { queue: { total: 1 } }]);
  });

  it('that have not begun are deleted by delete_all_except_current, those of a destination by DELETE', async () => {
    await queues.enqueue('deleting', { graph, runs: 2, destination: 'canvas' });
    await queues.enqueue('deleting', { graph, destination: 'gallery' });
    expect(await queues.call('DELETE', 'deleting/d/canvas')).toEqual([200, { deleted: 2 }]);
    expect(asked).toEqual([{ kind: 'selector', selector: { queue: 'deleting', labels: { destination: 'canvas' } } }]);
    const { itemId } = await queues.running('deleting');
    expect(await queues.call('PUT', 'deleting/delete_all_except_current')).toEqual([200, { deleted: 1 }]);
    expect(asked.at(-1)).toEqual({ kind: 'selector', selector: { queue: 'deleting', states: ['queued'] } });
    expect(await queues.call('GET', 'deleting/item_ids')).toEqual([200, { item_ids: [itemId], total_count: 1 }]);
    expect(await queues.call('DELETE', `deleting/d/${'x'.repeat(201)}`)).toMatchObject([
      422,
      { detail: [{ loc: ['path', 'destination'] }] },
    ]);
  });

  it('may be many: the plan that is asked for then is made for the caller', async () => {
    limit = 0;
    expect(await queues.call('PUT', 'many/cancel_all_except_current')).toEqual([200, { canceled: 0 }]);
    expect(asked).toHaveLength(1);
  });
});

describe('one item', () => {
  it('is watched, cancelled and found canceled, which is said only when it is proven; once more it is unchanged', async () => {
    const { job, itemId } = await queues.running('one');
    const [, shown] = await queues.call<QueueItem>('GET', `one/i/${itemId}`);
    expect(shown).toMatchObject({ item_id: itemId, status: 'in_progress', necrocode: { job_id: job.jobId } });
    expect(Object.values(shown)).not.toContain(null);
    expect(await queues.call('GET', 'one/current')).toMatchObject([200, { item_id: itemId }]);
    const [status, canceled] = await queues.call<QueueItem>('PUT', `one/i/${itemId}/cancel`);
    expect([status, canceled]).toMatchObject([
      200,
      { status: 'canceled', necrocode: { cancellation_id: job.cancellationId }, error_type: null },
    ]);
    expect(canceled.status_sequence).toBeGreaterThan(shown.status_sequence);
    expect(await queues.call('PUT', `one/i/${itemId}/cancel`)).toEqual([200, canceled]);
    await eventually(async () =>
      expect((await queues.call<QueueStatus>('GET', 'one/status'))[1].queue).toMatchObject({
        canceled: 1,
        in_progress: 0,
      }),
    );
  });

  it('that failed says why', async () => {
    const { job, itemId } = await queues.running('failing');
    await job.fail('timed-out');
    expect(await queues.call('GET', `failing/i/${itemId}`)).toMatchObject([
      200,
      { status: 'failed', error_type: 'task-timed-out', session: { errors: { train: expect.any(String) } } },
    ]);
  });

  it('that is not there, or in another queue, is 404 in the words of InvokeAI', async () => {
    const { itemId } = await queues.running('other');
    for (const path of [`elsewhere/i/${itemId}`, 'other/i/999999'])
      expect(await queues.call('GET', path)).toMatchObject([
        404,
        { detail: expect.stringMatching(/^Queue item with id \d+ not found in queue /) },
      ]);
    expect(await queues.call('PUT', 'other/i/abc/cancel')).toMatchObject([
      422,
      { detail: [{ loc: ['path', 'item_id'] }] },
    ]);
  });

  it('is deleted after it was cancelled; those that have ended are pruned; what else there is stays', async () => {
    const [doomed, ended, alive] = [
      await queues.running('pruned'),
      await queues.running('pruned'),
      await queues.running('pruned'),
    ];
    expect(await queues.call('DELETE', `pruned/i/${doomed.itemId}`)).toEqual([200, null]);
    expect(await queues.call('GET', `pruned/i/${doomed.itemId}`)).toMatchObject([404, {}]);
    expect((await queues.gateway.call('GET', `/jobs/${doomed.job.jobId}`)).status).toBe(200);
    await ended.job.complete();
    await eventually(async () => expect(await queues.call('PUT', 'pruned/prune')).toEqual([200, { deleted: 1 }]));
    expect(await queues.call('GET', 'pruned/item_ids')).toEqual([200, { item_ids: [alive.itemId], total_count: 1 }]);
  });
});
