import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dispatcherCommands, type QueueItem, type QueueItemList } from '@necrocode/contracts';
import { queueDecider } from '@necrocode/domain';
import { eventually } from '@necrocode/testing';
import { graph, QueueStage } from '../spec/queue-stage.js';
import { act } from '../spec/test-gateway.js';

let queues: QueueStage;

beforeAll(async () => {
  queues = await QueueStage.set();
}, 60_000);
afterAll(() => queues.strike());

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
    const result = await queues.enqueue('enqueue', batch);
    expect(result).toMatchObject({
      queue_id: 'enqueue',
      enqueued: 4,
      requested: 4,
      priority: 50,
      batch: { batch_id: 'my-batch', runs: 2 },
    });
    expect(result.item_ids).toEqual([...result.item_ids].sort((a, b) => b - a));
    const [, items] = await queues.call<QueueItem[]>('POST', 'enqueue/items_by_ids', {
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
    const usual = await queues.enqueue('jobs', { jobs: [jobSpec] });
    const first = await queues.enqueue('jobs', { jobs: [jobSpec] }, true);
    const [, { items }] = await queues.call<QueueItemList>('GET', 'jobs/list');
    expect(items.map(({ item_id }) => item_id)).toEqual([...first.item_ids, ...usual.item_ids]);
    expect(items[0]?.session.graph.nodes).toEqual({ hello: { id: 'hello', type: 'command', command: ['true'] } });
  });

  it('refuses what is no graph as FastAPI does, each fault with its place', async () => {
    const [status, body] = await queues.call('POST', 'default/enqueue_batch', { batch: { graph: { nodes: 'text' } } });
    expect([status, body]).toMatchObject([422, { detail: [{ loc: ['body', 'batch', 'graph', 'nodes'] }] }]);
    const cycle = {
      ...graph,
      edges: [{ source: { node_id: 'denoise', field: 'a' }, destination: { node_id: 'denoise', field: 'b' } }],
    };
    expect(await queues.call('POST', 'default/enqueue_batch', { batch: { graph: cycle } })).toMatchObject([422, {}]);
    expect(await queues.call('GET', 'default/item_ids')).toEqual([200, { item_ids: [], total_count: 0 }]);
  });
});

describe('a queue', () => {
  it('counts its items, and those of a batch and of a destination', async () => {
    const none = { in_progress: 0, waiting: 0, completed: 0, failed: 0, canceled: 0 };
    await queues.enqueue('counted', { batch_id: 'b', destination: 'x', graph, runs: 3 });
    await queues.enqueue('counted', { graph });
    expect(await queues.call('GET', 'counted/status')).toEqual([
      200,
      {
        queue: { queue_id: 'counted', item_id: null, batch_id: null, session_id: null, ...none, pending: 4, total: 4 },
        processor: { is_started: true, is_processing: false },
      },
    ]);
    expect(await queues.call('GET', 'counted/b/b/status')).toEqual([
      200,
      { queue_id: 'counted', batch_id: 'b', origin: null, destination: 'x', ...none, pending: 3, total: 3 },
    ]);
    expect(await queues.call('GET', 'counted/counts_by_destination?destination=x')).toMatchObject([200, { total: 3 }]);
    expect(await queues.call('GET', 'counted/list_all?destination=x')).toMatchObject([200, [{}, {}, {}]]);
  });

  it('stops and starts again to begin items, in the words of a processor', async () => {
    for (const [verb, command] of [
      ['pause', 'PauseQueue'],
      ['resume', 'ResumeQueue'],
    ] as const) {
      queues.gateway.answer(dispatcherCommands[`${verb}Queue`], async ({ queue }) => {
        const told = { queue, requestedBy: 'user:ada', at: new Date().toISOString() };
        await act(queues.gateway, queueDecider, 'queue', queue, `queue-${queue}`, { type: command, ...told });
        return { queue, paused: verb === 'pause' ? { since: told.at, requestedBy: told.requestedBy } : null };
      });
    }
    for (const [verb, is_started] of [
      ['pause', false],
      ['resume', true],
    ] as const) {
      const processor = { is_started, is_processing: false };
      expect(await queues.call('PUT', `stopped/processor/${verb}`)).toEqual([200, processor]);
      await eventually(async () =>
        expect(await queues.call('GET', 'stopped/status')).toMatchObject([200, { processor }]),
      );
    }
    expect((await queues.gateway.call('POST', '/queues/stopped/pause')).status).toBe(200);
    expect((await queues.gateway.call('POST', '/queues/no%20name/pause')).status).toBe(400);
  });

  it('is listed page by page, in the order it runs', async () => {
    const { item_ids } = await queues.enqueue('paged', { graph, runs: 5 });
    const seen: number[] = [];
    for (let page = '?limit=2'; page !== '';) {
      const [, { items, has_more }] = await queues.call<QueueItemList>('GET', `paged/list${page}`);
      seen.push(...items.map(({ item_id }) => item_id));
      page = has_more ? `?limit=2&cursor=${seen.at(-1)}` : '';
    }
    expect(seen).toEqual([...item_ids].reverse());
    expect(await queues.call('GET', 'paged/item_ids')).toEqual([200, { item_ids, total_count: 5 }]);
    expect(await queues.call('GET', 'paged/next')).toMatchObject([200, { item_id: seen[0] }]);
  });

  it('that is empty has no current and no next item', async () => {
    expect(await queues.call('GET', 'empty/current')).toEqual([200, null]);
    expect(await queues.call('GET', 'empty/next')).toEqual([200, null]);
  });
});
