import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  cancellationCommands,
  dispatcherCommands,
  type EnqueueBatchResult,
  type QueueItem,
  type QueueItemList,
  type QueueStatus,
} from '@necrocode/contracts';
import { type BulkTarget, type JobCommand, jobDecider, type JobId, queueDecider } from '@necrocode/domain';
import { CodedError, newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { CancelledJob } from '../spec/cancelled-job.js';
import { act, startTestGateway, type TestGateway } from '../spec/test-gateway.js';

let gateway: TestGateway;
const jobs = new Map<JobId, CancelledJob>();

beforeAll(async () => {
  gateway = await startTestGateway();
  gateway.answer(dispatcherCommands.submitBatch, async ({ batchId, jobs: submitted }) => {
    const at = new Date().toISOString();
    for (const job of submitted) {
      const command: JobCommand = { type: 'SubmitJob', ...job, at };
      await act(gateway, jobDecider, 'job', job.jobId, job.jobId, command);
    }
    return { batchId, repeated: false };
  });
  gateway.answer(cancellationCommands.requestCancellation, async ({ request }) => {
    const job = jobs.get(request.target.jobId);
    if (!job) throw new Error('no such job in this spec');
    await job.request();
    await job.block();
    await job.end();
    await job.clean();
    await job.certify();
    return { result: 'accepted' as const, cancellationId: job.cancellationId };
  });
}, 60_000);
afterAll(() => gateway.close());

/** As the client of the seed sends them: with `requests`, so a PUT has no body and no content type. */
const call = async <Reply>(method: string, path: string, body?: unknown): Promise<readonly [number, Reply]> => {
  const response = await gateway.call(method, `/v1/queue/${path}`, body === undefined ? {} : { body });
  return [response.status, (await response.json()) as Reply];
};

const graph = {
  id: 'sdxl',
  nodes: {
    'noise:1': { id: 'noise:1', type: 'noise', seed: 7, use_cache: true },
    denoise: { id: 'denoise', type: 'denoise_latents', steps: 20 },
  },
  edges: [{ source: { node_id: 'noise:1', field: 'noise' }, destination: { node_id: 'denoise', field: 'noise' } }],
};
const enqueue = async (queue: string, batch: object, prepend = false) =>
  (await call<EnqueueBatchResult>('POST', `${queue}/enqueue_batch`, { batch, prepend }))[1];

/** A job of the queue that runs, and its number there. */
const running = async (queue: string): Promise<{ readonly job: CancelledJob; readonly itemId: number }> => {
  const job = new CancelledJob(gateway, { queue });
  jobs.set(job.jobId, job);
  await job.registerRunner();
  await job.submit();
  await job.start();
  const itemId = await eventually(async () => {
    const [, { items }] = await call<QueueItemList>('GET', `${queue}/list?status=in_progress`);
    const item = items.find(({ necrocode }) => necrocode.job_id === job.jobId);
    if (!item) throw new Error('not listed yet');
    return item.item_id;
  });
  return { job, itemId };
};

describe('enqueue_batch', () => {
  it('answers with the numbers of the items, newest first; each is a job with the batch, origin and destination given', async () => {
    const data = [[{ node_path: 'denoise', field_name: 'steps', items: [10, 30] }]];
    const batch = {
      batch_id: 'my-batch',
      origin: 'canvas',
      destination: 'gallery',
      graph,
      data,
      runs: 2,
      workflow: { v: 1 },
    };
    const result = await enqueue('enqueue', batch);
    expect(result).toMatchObject({
      queue_id: 'enqueue',
      enqueued: 4,
      requested: 4,
      priority: 50,
      batch: { batch_id: 'my-batch', runs: 2 },
    });
    expect(result.item_ids).toEqual([...result.item_ids].sort((a, b) => b - a));
    const [, items] = await call<QueueItem[]>('POST', 'enqueue/items_by_ids', {
      item_ids: [...result.item_ids, 999_999_999],
    });
    expect(items.map(({ field_values }) => field_values?.[0]?.value)).toEqual([30, 10, 30, 10]);
    expect(items[0]).toMatchObject({
      status: 'pending',
      batch_id: 'my-batch',
      origin: 'canvas',
      destination: 'gallery',
      workflow: { v: 1 },
      user_id: 'system',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/),
      session: {
        graph: { id: 'sdxl', edges: graph.edges, nodes: { denoise: { type: 'denoise_latents', steps: 30 } } },
      },
    });
  });

  it('takes jobs as they are elsewhere, and puts those before all others that are to be', async () => {
    const jobSpec = { name: 'hello', tasks: [{ key: 'hello', command: ['true'] }] };
    const usual = await enqueue('jobs', { jobs: [jobSpec] });
    const first = await enqueue('jobs', { jobs: [jobSpec] }, true);
    const [, { items }] = await call<QueueItemList>('GET', 'jobs/list');
    expect(items.map(({ item_id }) => item_id)).toEqual([...first.item_ids, ...usual.item_ids]);
    expect(items[0]?.session.graph.nodes).toEqual({ hello: { id: 'hello', type: 'command', command: ['true'] } });
  });

  it('refuses what is no graph as FastAPI does, each fault with its place', async () => {
    const [status, body] = await call('POST', 'default/enqueue_batch', { batch: { graph: { nodes: 'text' } } });
    expect([status, body]).toMatchObject([422, { detail: [{ loc: ['body', 'batch', 'graph', 'nodes'] }] }]);
    const cycle = {
      ...graph,
      edges: [{ source: { node_id: 'denoise', field: 'a' }, destination: { node_id: 'denoise', field: 'b' } }],
    };
    expect(await call('POST', 'default/enqueue_batch', { batch: { graph: cycle } })).toMatchObject([422, {}]);
    expect(await call('GET', 'default/item_ids')).toEqual([200, { item_ids: [], total_count: 0 }]);
  });
});

describe('a queue', () => {
  it('counts its items, and those of a batch and of a destination', async () => {
    const none = { in_progress: 0, waiting: 0, completed: 0, failed: 0, canceled: 0 };
    await enqueue('counted', { batch_id: 'b', destination: 'x', graph, runs: 3 });
    await enqueue('counted', { graph });
    expect(await call('GET', 'counted/status')).toEqual([
      200,
      {
        queue: { queue_id: 'counted', item_id: null, batch_id: null, session_id: null, ...none, pending: 4, total: 4 },
        processor: { is_started: true, is_processing: false },
      },
    ]);
    expect(await call('GET', 'counted/b/b/status')).toEqual([
      200,
      { queue_id: 'counted', batch_id: 'b', origin: null, destination: 'x', ...none, pending: 3, total: 3 },
    ]);
    expect(await call('GET', 'counted/counts_by_destination?destination=x')).toMatchObject([200, { total: 3 }]);
    expect(await call('GET', 'counted/list_all?destination=x')).toMatchObject([200, [{}, {}, {}]]);
  });

  it('stops and starts again to begin items, in the words of a processor', async () => {
    for (const [verb, command] of [
      ['pause', 'PauseQueue'],
      ['resume', 'ResumeQueue'],
    ] as const) {
      gateway.answer(dispatcherCommands[`${verb}Queue`], async ({ queue }) => {
        const told = { queue, requestedBy: 'user:ada', at: new Date().toISOString() };
        await act(gateway, queueDecider, 'queue', queue, `queue-${queue}`, { type: command, ...told });
        return { queue, paused: verb === 'pause' ? { since: told.at, requestedBy: told.requestedBy } : null };
      });
    }
    for (const [verb, is_started] of [
      ['pause', false],
      ['resume', true],
    ] as const) {
      const processor = { is_started, is_processing: false };
      expect(await call('PUT', `stopped/processor/${verb}`)).toEqual([200, processor]);
      await eventually(async () => expect(await call('GET', 'stopped/status')).toMatchObject([200, { processor }]));
    }
    expect((await gateway.call('POST', '/queues/stopped/pause')).status).toBe(200);
    expect((await gateway.call('POST', '/queues/no%20name/pause')).status).toBe(400);
  });

  it('is listed page by page, in the order it runs', async () => {
    const { item_ids } = await enqueue('paged', { graph, runs: 5 });
    const seen: number[] = [];
    for (let page = '?limit=2'; page !== '';) {
      const [, { items, has_more }] = await call<QueueItemList>('GET', `paged/list${page}`);
      seen.push(...items.map(({ item_id }) => item_id));
      page = has_more ? `?limit=2&cursor=${seen.at(-1)}` : '';
    }
    expect(seen).toEqual([...item_ids].reverse());
    expect(await call('GET', 'paged/item_ids')).toEqual([200, { item_ids, total_count: 5 }]);
    expect(await call('GET', 'paged/next')).toMatchObject([200, { item_id: seen[0] }]);
  });

  it('that is empty has no current and no next item', async () => {
    expect(await call('GET', 'empty/current')).toEqual([200, null]);
    expect(await call('GET', 'empty/next')).toEqual([200, null]);
  });
});

describe('many items', () => {
  const asked: BulkTarget[] = [];
  let limit = Infinity;
  beforeAll(() => {
    const plan = { targets: 0, waiting: 0, started: 0, snapshotAt: '2026-01-01T00:00:00.000Z', digest: 'sha256:0' };
    gateway.answer(cancellationCommands.planBulk, () => ({ plan, planToken: 'the-plan', jobIds: [] }));
    gateway.answer(cancellationCommands.requestBulk, ({ request, planToken }) => {
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
    expect(await call(method, `many/${path}`)).toEqual([200, reply]);
    expect(asked).toEqual([{ kind: 'selector', selector: { queue: 'many', states: ['queued'] } }]);
  });

  it('of one destination are ended as one bulk', async () => {
    expect(await call('PUT', 'many/cancel_by_destination?destination=x')).toEqual([200, { canceled: 0 }]);
    expect(asked).toEqual([{ kind: 'selector', selector: { queue: 'many', labels: { destination: 'x' } } }]);
  });

  it('of batches are ended as one bulk each, those of other queues are left alone', async () => {
    await enqueue('batches', { batch_id: 'b1', graph });
    await enqueue('batches', { batch_id: 'b2', graph });
    await enqueue('elsewhere', { batch_id: 'b3', graph });
    const body = { batch_ids: ['b1', 'b2', 'b3', 'b1', 'unknown'] };
    expect(await call('PUT', 'batches/cancel_by_batch_ids', body)).toEqual([200, { canceled: 0 }]);
    expect(asked).toMatchObject([{ kind: 'batch' }, { kind: 'batch' }]);
    expect(new Set(asked.map((target) => JSON.stringify(target))).size).toBe(2);
    expect(await call('PUT', 'batches/cancel_by_batch_ids', {})).toMatchObject([
      422,
      { detail: [{ loc: ['body', 'batch_ids'] }] },
    ]);
  });

  it.each(['PUT', 'POST'])('are all ended and deleted by %s clear', async (method) => {
    const queue = `cleared-${method}`;
    await enqueue(queue, { graph, runs: 3 });
    expect(await call(method, `${queue}/clear`)).toEqual([200, { deleted: 3 }]);
    expect(asked).toEqual([{ kind: 'queue', queue, mode: 'everything' }]);
    expect(await call('GET', `${queue}/status`)).toMatchObject([200, { queue: { total: 0 } }]);
    await enqueue(queue, { graph });
    expect(await call('GET', `${queue}/status`)).toMatchObject([200, { queue: { total: 1 } }]);
  });

  it('that have not begun are deleted by delete_all_except_current, those of a destination by DELETE', async () => {
    await enqueue('deleting', { graph, runs: 2, destination: 'canvas' });
    await enqueue('deleting', { graph, destination: 'gallery' });
    expect(await call('DELETE', 'deleting/d/canvas')).toEqual([200, { deleted: 2 }]);
    expect(asked).toEqual([{ kind: 'selector', selector: { queue: 'deleting', labels: { destination: 'canvas' } } }]);
    const { itemId } = await running('deleting');
    expect(await call('PUT', 'deleting/delete_all_except_current')).toEqual([200, { deleted: 1 }]);
    expect(asked.at(-1)).toEqual({ kind: 'selector', selector: { queue: 'deleting', states: ['queued'] } });
    expect(await call('GET', 'deleting/item_ids')).toEqual([200, { item_ids: [itemId], total_count: 1 }]);
    expect(await call('DELETE', `deleting/d/${'x'.repeat(201)}`)).toMatchObject([
      422,
      { detail: [{ loc: ['path', 'destination'] }] },
    ]);
  });

  it('may be many: the plan that is asked for then is made for the caller', async () => {
    limit = 0;
    expect(await call('PUT', 'many/cancel_all_except_current')).toEqual([200, { canceled: 0 }]);
    expect(asked).toHaveLength(1);
  });
});

describe('one item', () => {
  it('is watched, cancelled and found canceled, which is said only when it is proven; once more it is unchanged', async () => {
    const { job, itemId } = await running('one');
    const [, shown] = await call<QueueItem>('GET', `one/i/${itemId}`);
    expect(shown).toMatchObject({ item_id: itemId, status: 'in_progress', necrocode: { job_id: job.jobId } });
    expect(Object.values(shown)).not.toContain(null);
    expect(await call('GET', 'one/current')).toMatchObject([200, { item_id: itemId }]);
    const [status, canceled] = await call<QueueItem>('PUT', `one/i/${itemId}/cancel`);
    expect([status, canceled]).toMatchObject([
      200,
      { status: 'canceled', necrocode: { cancellation_id: job.cancellationId }, error_type: null },
    ]);
    expect(canceled.status_sequence).toBeGreaterThan(shown.status_sequence);
    expect(await call('PUT', `one/i/${itemId}/cancel`)).toEqual([200, canceled]);
    await eventually(async () =>
      expect((await call<QueueStatus>('GET', 'one/status'))[1].queue).toMatchObject({ canceled: 1, in_progress: 0 }),
    );
  });

  it('that failed says why', async () => {
    const { job, itemId } = await running('failing');
    await job.fail('timed-out');
    expect(await call('GET', `failing/i/${itemId}`)).toMatchObject([
      200,
      { status: 'failed', error_type: 'task-timed-out', session: { errors: { train: expect.any(String) } } },
    ]);
  });

  it('that is not there, or in another queue, is 404 in the words of InvokeAI', async () => {
    const { itemId } = await running('other');
    for (const path of [`elsewhere/i/${itemId}`, 'other/i/999999'])
      expect(await call('GET', path)).toMatchObject([
        404,
        { detail: expect.stringMatching(/^Queue item with id \d+ not found in queue /) },
      ]);
    expect(await call('PUT', 'other/i/abc/cancel')).toMatchObject([422, { detail: [{ loc: ['path', 'item_id'] }] }]);
  });

  it('is deleted after it was cancelled; those that have ended are pruned; what else there is stays', async () => {
    const [doomed, ended, alive] = [await running('pruned'), await running('pruned'), await running('pruned')];
    expect(await call('DELETE', `pruned/i/${doomed.itemId}`)).toEqual([200, null]);
    expect(await call('GET', `pruned/i/${doomed.itemId}`)).toMatchObject([404, {}]);
    expect((await gateway.call('GET', `/jobs/${doomed.job.jobId}`)).status).toBe(200);
    await ended.job.complete();
    await eventually(async () => expect(await call('PUT', 'pruned/prune')).toEqual([200, { deleted: 1 }]));
    expect(await call('GET', 'pruned/item_ids')).toEqual([200, { item_ids: [alive.itemId], total_count: 1 }]);
  });
});

describe('retry_items_by_id', () => {
  it('does items again that failed or were canceled, once, and leaves out the others', async () => {
    const asked: JobId[] = [];
    gateway.answer(dispatcherCommands.retryJob, async ({ jobId, retriedBy }) => {
      const repeated = asked.includes(jobId);
      asked.push(jobId);
      const [submitted] = await gateway.open.platform.store.readStream(`job-${jobId}`);
      // Cast: the first event of a job.
      const { spec, tasks } = submitted?.data as Pick<Extract<JobCommand, { type: 'SubmitJob' }>, 'spec' | 'tasks'>;
      const retryOf = { jobId, generation: 2, runnerId: null, restore: [], runsAgain: [] };
      const again = tasks.map((task) => ({ ...task, taskId: newId('task') }));
      const at = new Date().toISOString();
      const command: JobCommand = { type: 'SubmitJob', jobId: retriedBy, spec, tasks: again, retryOf, at };
      if (!repeated) await act(gateway, jobDecider, 'job', retriedBy, retriedBy, command);
      return { jobId: retriedBy, repeated };
    });
    const [failed, alive] = [await running('again'), await running('again')];
    await failed.job.fail('timed-out');
    await eventually(async () =>
      expect((await call<QueueStatus>('GET', 'again/status'))[1].queue).toMatchObject({ failed: 1 }),
    );
    const retry = () => call('PUT', 'again/retry_items_by_id', [failed.itemId, alive.itemId, 999_999, failed.itemId]);
    expect(await retry()).toEqual([200, { queue_id: 'again', retried_item_ids: [failed.itemId] }]);
    expect(await retry()).toEqual([200, { queue_id: 'again', retried_item_ids: [] }]);
    expect(new Set(asked)).toEqual(new Set([failed.job.jobId]));
    const again = await eventually(async () => {
      const [, items] = await call<QueueItem[]>('GET', 'again/list_all');
      const item = items.find(({ retried_from_item_id }) => retried_from_item_id === failed.itemId);
      if (!item) throw new Error('not listed yet');
      return item;
    });
    expect(again).toMatchObject({ status: 'pending', device: null, root_item_id: null });
  });

  it('leaves out what the dispatcher will not do again, and passes on what went wrong', async () => {
    const { job, itemId } = await running('unclean');
    await job.fail('timed-out');
    await eventually(async () =>
      expect((await call<QueueStatus>('GET', 'unclean/status'))[1].queue).toMatchObject({ failed: 1 }),
    );
    let code: 'job-not-cleaned' | 'store-unavailable' = 'job-not-cleaned';
    gateway.answer(dispatcherCommands.retryJob, () => Promise.reject(new CodedError(code)));
    expect(await call('PUT', 'unclean/retry_items_by_id', [itemId])).toMatchObject([200, { retried_item_ids: [] }]);
    code = 'store-unavailable';
    expect(await call('PUT', 'unclean/retry_items_by_id', [itemId])).toMatchObject([503, { necrocode: { code } }]);
    expect(await call('PUT', 'unclean/retry_items_by_id', { item_ids: [itemId] })).toMatchObject([422, {}]);
  });
});
