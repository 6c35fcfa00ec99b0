import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiProblem } from '@necrocode/client';
import { eventually } from '@necrocode/testing';
import { processesOf } from './support/processes-of.js';
import { testSystem } from './support/test-system.js';

type System = Awaited<ReturnType<typeof testSystem>>;
let one: System;
let other: System;

beforeAll(async () => {
  [one, other] = await Promise.all([testSystem(), testSystem()]);
}, 240_000);
afterAll(() => Promise.all([one.end(), other.end()]), 60_000);

async function sleeping({ client, job }: System): Promise<string> {
  const { jobId } = await client.submitJob({ name: 'sleep', tasks: [{ key: 'sleep', command: ['sleep', '1000'] }] });
  await job(jobId, ({ tasks }) => tasks.every(({ status }) => status === 'running'));
  await eventually(() => expect(processesOf(jobId)).toHaveLength(1), { withinMs: 20_000 });
  return jobId;
}

describe('two systems on one machine', () => {
  it('know nothing of each other: a cancellation in one touches no process of the other', async () => {
    const [mine, theirs] = await Promise.all([sleeping(one), sleeping(other)]);
    const living = processesOf(theirs);
    const { cancellationId } = await one.client.cancelJob(mine);
    const { certificate } = await one.completed(String(cancellationId));
    expect(certificate?.outcome).toBe('completed');
    expect(processesOf(mine)).toEqual([]);
    expect(processesOf(theirs)).toEqual(living);
    await expect(other.client.getJob(mine)).rejects.toThrow(ApiProblem);
    const { cancellationId: last } = await other.client.cancelJob(theirs, { force: true });
    await other.completed(String(last));
    expect(processesOf(theirs)).toEqual([]);
  }, 120_000);
});
