import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dispatcherCommands } from '@necrocode/contracts';
import { startTestGateway, type TestGateway } from '../spec/test-gateway.js';

let gateway: TestGateway;
const asked: { batchId: string; jobs: readonly { jobId: string; spec: object }[] }[] = [];

beforeAll(async () => {
  gateway = await startTestGateway();
  gateway.answer(dispatcherCommands.submitBatch, (body) => {
    asked.push(body);
    return { batchId: body.batchId, repeated: asked.length > 1 };
  });
}, 60_000);
afterAll(() => gateway.close());

const job = { name: 'train', tasks: [{ key: 'train', command: ['true'] }] };
const submit = (body: unknown, headers: Record<string, string> = {}) =>
  gateway.call('POST', '/batches', { body, headers });

describe('POST /batches', () => {
  it('submits every job under one batch id; the same key gives the same ids', async () => {
    const body = { jobs: [job, { ...job, queue: 'gpu' }] };
    const first = await submit(body, { 'idempotency-key': 'once' });
    const again = await submit(body, { 'idempotency-key': 'once' });
    expect([first.status, again.status]).toEqual([201, 200]);
    const answer = (await first.json()) as { batchId: string; jobIds: string[] };
    expect(await again.json()).toEqual({ ...answer, repeated: true });
    expect(new Set(answer.jobIds).size).toBe(2);
    expect(asked[0]?.jobs.map(({ spec }) => spec)).toMatchObject([
      { queue: 'default', batchId: answer.batchId },
      { queue: 'gpu', batchId: answer.batchId },
    ]);
    expect(asked[1]).toEqual(asked[0]);
  });

  it('refuses all of it for a fault in one job, with its path', async () => {
    const before = asked.length;
    const response = await submit({ jobs: [job, { name: '', tasks: [] }] });
    expect(response.status).toBe(400);
    const { fields } = (await response.json()) as { fields: { path: string }[] };
    expect(fields.map(({ path }) => path)).toEqual(['jobs.1.name', 'jobs.1.tasks']);
    expect(asked).toHaveLength(before);
  });
});
