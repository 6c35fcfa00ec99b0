import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JobResource, SubmitJobInput } from '@necrocode/contracts';
import { eventually } from '@necrocode/testing';
import { processesOf } from './support/processes-of.js';
import { runCli } from './support/run-cli.js';
import { testSystem } from './support/test-system.js';

const ROOT = join(import.meta.dirname, '../../..');

let world: Awaited<ReturnType<typeof testSystem>>;
beforeAll(async () => {
  world = await testSystem({ workers: [join(ROOT, 'examples/functions/handlers.mjs')] });
}, 180_000);
afterAll(() => world.end(), 60_000);

type TaskInput = Omit<SubmitJobInput['tasks'][number], 'key'>;
const submit = async (task: TaskInput): Promise<string> =>
  (await world.client.submitJob({ name: 'x', tasks: [{ key: 'call', ...task }] })).jobId;
const ended = async (jobId: string): Promise<JobResource> => world.job(jobId, ({ endedAt }) => endedAt !== null);
const outputOf = async (jobId: string): Promise<string> => {
  let text = '';
  for await (const chunk of world.client.logs(jobId)) text += chunk.text;
  return text;
};
/** The job, once its function has written. */
const writing = async (task: TaskInput): Promise<string> => {
  const jobId = await submit(task);
  for await (const { text } of world.client.followLogs(jobId)) if (text !== '') break;
  return jobId;
};
const cancelled = async (jobId: string) => {
  const { cancellationId } = await world.client.cancelJob(jobId);
  const { certificate } = await world.completed(String(cancellationId));
  expect(processesOf(jobId)).toEqual([]);
  return certificate?.executions[0];
};

describe('a function', () => {
  it('runs for the task that names it, in a process of its own; its result and output are kept', async () => {
    const jobId = await submit({ handler: 'greet', input: { name: 'Ada' } });
    const { status, tasks } = await ended(jobId);
    expect([status, tasks[0]]).toMatchObject([
      'completed',
      { handler: 'greet', command: [], result: { greeted: 'Ada' } },
    ]);
    expect(await outputOf(jobId)).toBe('Hello, Ada\n');
    const { items } = await world.client.listRunners();
    expect(items.filter(({ handlers }) => handlers.includes('greet'))).toHaveLength(1);
  }, 60_000);

  it('shares a job with commands, on the runner that can run both', async () => {
    const { jobId } = await world.client.submitJob({
      name: 'mixed',
      tasks: [
        { key: 'before', command: ['sh', '-c', 'echo of a command'] },
        { key: 'call', dependsOn: ['before'], handler: 'greet', input: { name: 'Bo' } },
      ],
    });
    expect((await ended(jobId)).status).toBe('completed');
    expect(await outputOf(jobId)).toBe('of a command\nHello, Bo\n');
  }, 60_000);

  it('that heeds its signal stops by itself when its task is cancelled', async () => {
    const jobId = await writing({ handler: 'count', input: { to: 100_000, everyMs: 20 } });
    expect(await cancelled(jobId)).toMatchObject({
      forced: false,
      exit: { code: 1 },
      signals: [{ signal: 'SIGTERM' }],
    });
    expect(await outputOf(jobId)).toMatch(/stopping at \d+: AbortError/);
  }, 60_000);

  it('that ignores its signal is killed with its process after its grace, and the worker goes on', async () => {
    const jobId = await writing({ handler: 'ignore', gracePeriodMs: 200 });
    expect(await cancelled(jobId)).toMatchObject({ forced: true, survivors: 0 });
    const next = await ended(await submit({ handler: 'greet', input: { name: 'Cy' } }));
    expect(next.status).toBe('completed');
  }, 60_000);

  it('is stopped when its time is over, and the task says so', async () => {
    // How soon its process listens is a matter of load: that its signal aborts is shown where nothing is started.
    const jobId = await submit({ handler: 'ignore', timeoutMs: 300, gracePeriodMs: 100 });
    expect((await ended(jobId)).error).toMatchObject({ code: 'task-timed-out' });
    expect(processesOf(jobId)).toEqual([]);
  }, 60_000);

  it('that throws fails its task with what it threw', async () => {
    const jobId = await submit({ handler: 'fail', input: { message: 'no paper' } });
    const { error } = await ended(jobId);
    expect(error).toMatchObject({ code: 'handler-failed', message: 'Error: no paper' });
  }, 60_000);

  it('nobody has waits in the queue until somebody has, or it is cancelled', async () => {
    const unknown = await submit({ handler: 'print' });
    expect((await ended(await submit({ handler: 'greet', input: { name: 'Di' } }))).status).toBe('completed');
    expect((await world.client.getJob(unknown)).status).toBe('queued');
    await world.client.cancelJob(unknown);
    expect(await ended(unknown)).toMatchObject({ status: 'cancelled', tasks: [{ neverStarted: true }] });
  }, 60_000);
});

describe('a graph enqueued as an InvokeAI client does', () => {
  const call = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const { gatewayUrl, token } = world.system;
    const response = await fetch(`${gatewayUrl}/api/v1/queue/default/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const enqueue = async (graph: object): Promise<number> => {
    const { item_ids } = await call('POST', 'enqueue_batch', { batch: { graph } });
    return (item_ids as number[])[0] ?? 0;
  };

  it('runs its nodes as functions, each with what the edges bring it', async () => {
    const itemId = await enqueue({
      nodes: {
        'greet:1': { id: 'greet:1', type: 'greet', name: 'Ada' },
        last: { id: 'last', type: 'greet', name: '' },
      },
      edges: [{ source: { node_id: 'greet:1', field: 'greeted' }, destination: { node_id: 'last', field: 'name' } }],
    });
    await eventually(async () => expect(await call('GET', `i/${itemId}`)).toMatchObject({ status: 'completed' }), {
      withinMs: 60_000,
    });
    expect(await call('GET', `i/${itemId}`)).toMatchObject({
      session: { results: { 'greet:1': { greeted: 'Ada' }, last: { greeted: 'Ada' } } },
    });
  }, 90_000);

  it('is canceled with its batch, and with everything that waits behind what runs', async () => {
    const slow = { nodes: { n: { id: 'n', type: 'count', to: 100_000, everyMs: 20 } } };
    const never = { nodes: { n: { id: 'n', type: 'nobody-has-this' } } };
    await call('POST', 'enqueue_batch', { batch: { batch_id: 'slow', graph: slow, runs: 2 } });
    await call('POST', 'enqueue_batch', { batch: { batch_id: 'never', graph: never, runs: 3 } });
    await eventually(async () => expect(await call('GET', 'b/slow/status')).toMatchObject({ in_progress: 2 }), {
      withinMs: 60_000,
    });
    expect(await call('PUT', 'cancel_all_except_current')).toEqual({ canceled: 3 });
    await eventually(async () => expect(await call('GET', 'b/never/status')).toMatchObject({ canceled: 3 }));
    expect(await call('GET', 'b/slow/status')).toMatchObject({ in_progress: 2 });
    expect(await call('PUT', 'cancel_by_batch_ids', { batch_ids: ['slow', 'never'] })).toEqual({ canceled: 2 });
    await eventually(async () => expect(await call('GET', 'b/slow/status')).toMatchObject({ canceled: 2 }), {
      withinMs: 60_000,
    });
    expect(await call('POST', 'clear')).toMatchObject({ deleted: expect.any(Number) });
    expect(await call('GET', 'item_ids')).toEqual({ item_ids: [], total_count: 0 });
  }, 120_000);

  it('is canceled when its item is, with nothing of it left', async () => {
    const itemId = await enqueue({ nodes: { n: { id: 'n', type: 'count', to: 100_000, everyMs: 20 } } });
    await eventually(async () => expect(await call('GET', `i/${itemId}`)).toMatchObject({ status: 'in_progress' }), {
      withinMs: 60_000,
    });
    const { necrocode } = await call('PUT', `i/${itemId}/cancel`);
    await eventually(async () => expect(await call('GET', `i/${itemId}`)).toMatchObject({ status: 'canceled' }), {
      withinMs: 60_000,
    });
    expect(processesOf((necrocode as { job_id: string }).job_id)).toEqual([]);
  }, 120_000);
});

describe('a worker started beside a system', () => {
  it('that cannot load its module says why, and ends', async () => {
    const result = await runCli(['worker', 'no-such-module.mjs'], { NECROCODE_HOME: world.home });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('no-such-module.mjs');
  }, 120_000);
});
