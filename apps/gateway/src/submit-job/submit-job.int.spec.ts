import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dispatcherCommands } from '@necrocode/contracts';
import { Rejection } from '@necrocode/domain';
import { startTestGateway, type TestGateway } from '../spec/test-gateway.js';

let gateway: TestGateway;
const submitted: { jobId: string; tasks: readonly { taskId: string; key: string }[] }[] = [];

beforeAll(async () => {
  gateway = await startTestGateway();
  const first = new Map<string, string>();
  gateway.answer(dispatcherCommands.submitJob, (body) => {
    const before = first.get(body.jobId);
    if (before !== undefined && before !== JSON.stringify(body)) throw new Rejection('idempotency-conflict');
    first.set(body.jobId, JSON.stringify(body));
    submitted.push(body);
    return { jobId: body.jobId, repeated: before !== undefined };
  });
}, 60_000);
afterAll(() => gateway.close());

const job = {
  name: 'train',
  tasks: [
    { key: 'fetch', command: ['true'] },
    { key: 'train', command: ['true'], dependsOn: ['fetch'] },
  ],
};
const submit = (body: unknown, headers: Record<string, string> = {}) =>
  gateway.call('POST', '/jobs', { body, headers });

describe('POST /jobs', () => {
  it('submits with every default filled in and every id drawn, and says where the job is', async () => {
    const response = await submit({ ...job, labels: { team: 'vision' } });
    const answer = (await response.json()) as { jobId: string; tasks: { taskId: string; key: string }[] };
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`/api/jobs/${answer.jobId}`);
    expect(answer).toMatchObject({ repeated: false, tasks: [{ key: 'fetch' }, { key: 'train' }] });
    expect(submitted.at(-1)).toMatchObject({
      jobId: answer.jobId,
      spec: { name: 'train', queue: 'default', priority: 50, labels: { team: 'vision' }, owner: 'user:local' },
      tasks: [
        {
          taskId: answer.tasks[0]?.taskId,
          slotPool: null,
          timeoutMs: null,
          onCancelArtifacts: 'keep',
          signal: 'SIGTERM',
        },
        { dependsOn: ['fetch'], retry: { maxAttempts: 1 } },
      ],
    });
  });

  it('draws new ids for each submission without a key', async () => {
    const [one, other] = [await (await submit(job)).json(), await (await submit(job)).json()];
    expect(one).not.toEqual(other);
  });

  it('answers the same key and body with the same job, to the last id', async () => {
    const first = await submit(job, { 'idempotency-key': 'k-1' });
    const second = await submit(job, { 'idempotency-key': 'k-1' });
    expect([first.status, second.status]).toEqual([201, 200]);
    const [one, other] = [await first.json(), await second.json()];
    expect(other).toEqual({ ...(one as object), repeated: true });
  });

  it('refuses the same key with another body', async () => {
    await submit(job, { 'idempotency-key': 'k-2' });
    const response = await submit({ ...job, name: 'other' }, { 'idempotency-key': 'k-2' });
    expect([response.status, await response.json()]).toMatchObject([409, { code: 'idempotency-conflict' }]);
  });

  it.each([
    ['with a blank', 'a b'],
    ['too long', 'x'.repeat(201)],
  ])('refuses a key that is none: %s', async (_, key) => {
    const response = await submit(job, { 'idempotency-key': key });
    expect([response.status, await response.json()]).toMatchObject([400, { fields: [{ path: 'Idempotency-Key' }] }]);
  });
});

describe('a job with limits', () => {
  it('carries its timeouts and its deadline as they were asked for, so that a repetition is one', async () => {
    const limited = { ...job, timeouts: { runMs: 60_000 } };
    const headers = { 'idempotency-key': 'k-limits', 'cancel-after': '10m' };
    const statuses = [(await submit(limited, headers)).status, (await submit(limited, headers)).status];
    expect(statuses).toEqual([201, 200]);
    expect(submitted.at(-1)).toMatchObject({
      spec: { timeouts: { queueMs: null, runMs: 60_000 }, deadline: { afterMs: 600_000 } },
    });
    const other = await submit(limited, { ...headers, 'cancel-after': '11m' });
    expect([other.status, await other.json()]).toMatchObject([409, { code: 'idempotency-conflict' }]);
  });

  it('is refused with a Cancel-After that is no time, and with an unknown timeout', async () => {
    const response = await submit(job, { 'cancel-after': 'soon' });
    expect([response.status, await response.json()]).toMatchObject([400, { fields: [{ path: 'Cancel-After' }] }]);
    const unknown = await submit({ ...job, timeouts: { idleMs: 1 } });
    expect([unknown.status, await unknown.json()]).toMatchObject([400, { fields: [{ path: 'timeouts.idleMs' }] }]);
  });
});

describe('a job with a finalizer', () => {
  const [fetch] = job.tasks;
  it('gives it a timeout', async () => {
    const tasks = [fetch, { key: 'tidy', command: ['true'], always: true }];
    expect((await submit({ ...job, tasks })).status).toBe(201);
    expect(submitted.at(-1)?.tasks).toMatchObject([{ key: 'fetch' }, { always: 'if-begun', timeoutMs: 60_000 }]);
    expect(submitted.at(-1)?.tasks[0]).not.toHaveProperty('always');
  });

  it.each<[string, object, string]>([
    ['waits for another', { dependsOn: ['fetch'] }, 'tasks.1.dependsOn'],
    ['waits for a slot', { slot: { pool: 'repos' } }, 'tasks.1.slot'],
    ['is tried again', { retry: { maxAttempts: 2 } }, 'tasks.1.retry'],
    ['lasts too long', { timeoutMs: 3_600_001 }, 'tasks.1.timeoutMs'],
  ])('is refused when it %s', async (_, wish, path) => {
    const tasks = [fetch, { key: 'tidy', command: ['true'], always: true, ...wish }];
    const response = await submit({ ...job, tasks });
    expect([response.status, await response.json()]).toMatchObject([400, { fields: [{ path }] }]);
  });

  it('is refused when a task waits for it, and when there is nothing else', async () => {
    const tidy = { key: 'tidy', command: ['true'], always: true };
    const waited = await submit({ ...job, tasks: [{ ...fetch, dependsOn: ['tidy'] }, tidy] });
    expect([waited.status, await waited.json()]).toMatchObject([400, { fields: [{ path: 'tasks.0.dependsOn.0' }] }]);
    const alone = await submit({ ...job, tasks: [tidy] });
    expect([alone.status, await alone.json()]).toMatchObject([400, { fields: [{ path: 'tasks' }] }]);
  });
});

describe('a job that cannot be', () => {
  const task = { key: 'a', command: ['true'] };
  it.each<[string, unknown, string[]]>([
    [
      'a cycle',
      {
        name: 'x',
        tasks: [
          { ...task, dependsOn: ['b'] },
          { ...task, key: 'b', dependsOn: ['a'] },
        ],
      },
      ['tasks.0.dependsOn', 'tasks.1.dependsOn'],
    ],
    ['an unknown dependsOn', { name: 'x', tasks: [{ ...task, dependsOn: ['b'] }] }, ['tasks.0.dependsOn.0']],
    ['a duplicate key', { name: 'x', tasks: [task, task] }, ['tasks.1.key']],
    ['an empty command', { name: 'x', tasks: [{ key: 'a', command: [] }] }, ['tasks.0.command']],
    ['an empty program', { name: 'x', tasks: [{ key: 'a', command: [''] }] }, ['tasks.0.command.0']],
    ['a wrong type', { name: 7, tasks: [{ key: 'a', command: 'true' }] }, ['name', 'tasks.0.command']],
    ['an unknown field', { name: 'x', colour: 'red', tasks: [{ ...task, shell: true }] }, ['colour', 'tasks.0.shell']],
    ['no tasks', { name: 'x', tasks: [] }, ['tasks']],
    ['an empty object', {}, ['name', 'tasks']],
    ['a list', [], ['']],
    ['null', null, ['']],
  ])('is refused with every fault and its path: %s', async (_, body, paths) => {
    const before = submitted.length;
    const response = await submit(body);
    const answer = (await response.json()) as { code: string; fields: { path: string }[] };
    expect([response.status, answer.code]).toEqual([400, 'validation-failed']);
    expect(answer.fields.map(({ path }) => path).sort()).toEqual([...paths].sort());
    expect(submitted).toHaveLength(before);
  });

  it.each([
    ['half a document', '{"name":'],
    ['no JSON at all', 'name=x'],
    ['a bottomless one', '['.repeat(100_000)],
  ])('is refused when it is %s', async (_, raw) => {
    const response = await gateway.call('POST', '/jobs', { raw, headers: { 'content-type': 'application/json' } });
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'malformed-json' }]);
  });

  it.each([
    ['a NUL', '{"name":"a\\u0000b","tasks":[{"key":"a","command":["true"]}]}', 'name'],
    ['half a surrogate pair', '{"name":"x","metadata":{"deep":["\\ud800"]},"tasks":[]}', 'metadata.deep.0'],
    ['__proto__', '{"name":"x","__proto__":{"a":1},"tasks":[]}', '__proto__'],
  ])('is refused when it holds %s', async (_, raw, path) => {
    const response = await gateway.call('POST', '/jobs', { raw, headers: { 'content-type': 'application/json' } });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: 'validation-failed', fields: [{ path }] },
    ]);
  });

  it('is refused when it is larger than the limit, by its head or by its length', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(1024 * 1024), tasks: [] });
    const response = await gateway.call('POST', '/jobs', {
      raw: large,
      headers: { 'content-type': 'application/json' },
    });
    expect([response.status, await response.json()]).toMatchObject([413, { code: 'body-too-large', retryable: false }]);
  });

  it('is refused when it is not said to be JSON', async () => {
    const response = await gateway.call('POST', '/jobs', {
      raw: JSON.stringify(job),
      headers: { 'content-type': 'text/plain' },
    });
    expect([response.status, await response.json()]).toMatchObject([415, { code: 'unsupported-media-type' }]);
  });
});
