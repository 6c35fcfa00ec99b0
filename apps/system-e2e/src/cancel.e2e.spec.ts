import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiProblem } from '@necrocode/client';
import type { SubmitJobInput } from '@necrocode/contracts';
import { eventually } from '@necrocode/testing';
import { processesOf } from './support/processes-of.js';
import { STUBBORN, testSystem } from './support/test-system.js';

type System = Awaited<ReturnType<typeof testSystem>>;
let world: System;

beforeAll(async () => {
  world = await testSystem();
}, 180_000);
afterAll(() => world.end(), 60_000);

const unruly: SubmitJobInput = {
  name: 'unruly',
  tasks: [
    { key: 'first', command: ['true'], slot: { pool: 'repos' } },
    { key: 'stubborn', dependsOn: ['first'], command: STUBBORN, gracePeriodMs: 300 },
    { key: 'sleeper', dependsOn: ['first'], command: ['sleep', '1000'], slot: { pool: 'repos' } },
    { key: 'behind', dependsOn: ['stubborn'], command: ['true'] },
  ],
};

const runUnruly = async (): Promise<string> => {
  const { jobId } = await world.client.submitJob(unruly);
  await world.job(jobId, (job) => job.tasks.filter((task) => task.status === 'running').length === 2);
  await eventually(() => expect(processesOf(jobId).length).toBeGreaterThanOrEqual(3), { withinMs: 20_000 });
  return jobId;
};

const cancel = async (jobId: string): Promise<string> => {
  const { cancellationId } = await world.client.cancelJob(jobId, { reason: 'spec' });
  if (cancellationId === null) throw new Error('nothing to cancel');
  return cancellationId;
};

describe('cancelling a running job', () => {
  it('ends every process, frees every slot, starts nothing behind it, and certifies it', async () => {
    const jobId = await runUnruly();
    const { certificate } = await world.completed(await cancel(jobId));
    expect(processesOf(jobId)).toEqual([]);
    expect(certificate).toMatchObject({
      outcome: 'completed',
      tasks: { cancelled: 3, neverStarted: 1, completedBefore: 1 },
      slots: { released: 1, held: 0 },
      verification: { passes: 2, survivors: 0, heldSlots: 0, openStates: 0, leftFiles: 0 },
    });
    const stubborn = certificate?.executions.find(({ task }) => task === 'stubborn');
    expect(stubborn).toMatchObject({ forced: true, survivors: 0 });
    expect(stubborn?.signals.filter(({ signal }) => signal === 'SIGTERM')).toHaveLength(1);
    const job = await world.client.getJob(jobId);
    expect(job.status).toBe('cancelled');
    expect(job.tasks.find(({ key }) => key === 'behind')).toMatchObject({ neverStarted: true, executions: [] });
  }, 120_000);

  it('asked again joins the one under way; asked afterwards it says what had happened', async () => {
    const jobId = await runUnruly();
    const [first, second] = await Promise.all([world.client.cancelJob(jobId), world.client.cancelJob(jobId)]);
    expect(new Set([first.result, second.result])).toEqual(new Set(['accepted', 'joined']));
    expect(first.cancellationId).toBe(second.cancellationId);
    await world.completed(String(first.cancellationId));
    expect(await world.client.cancelJob(jobId)).toMatchObject({
      result: 'already-cancelled',
      cancellationId: first.cancellationId,
    });
  }, 120_000);

  it.each(['dispatcher', 'runner-monitor', 'cancellation-service', 'artifact-cleaner', 'gateway'])(
    'ends in a certificate when the %s is killed in the middle',
    async (service) => {
      const jobId = await runUnruly();
      const cancellationId = await cancel(jobId);
      world.system.processes.get(service)?.signal('SIGKILL');
      await world.system.untilReady(service);
      const { certificate } = await world.completed(cancellationId);
      expect(certificate).toMatchObject({ outcome: 'completed', verification: { survivors: 0, heldSlots: 0 } });
      expect(processesOf(jobId)).toEqual([]);
    },
    180_000,
  );

  it('ends in a certificate when the runner itself is killed in the middle: its successor proves the end', async () => {
    const jobId = await runUnruly();
    const cancellationId = await cancel(jobId);
    world.system.processes.get('runner-1')?.signal('SIGKILL');
    const { certificate } = await world.completed(cancellationId);
    expect(certificate?.executions.every(({ survivors }) => survivors === 0)).toBe(true);
    expect(processesOf(jobId)).toEqual([]);
  }, 180_000);
});

describe('cancelling one task', () => {
  it('takes what depends on it along and leaves the rest running', async () => {
    const jobId = await runUnruly();
    const task = (await world.client.getJob(jobId)).tasks.find(({ key }) => key === 'stubborn');
    const { cancellationId } = await world.client.cancelTask(String(task?.taskId), { cascade: true });
    const { certificate } = await world.completed(String(cancellationId));
    expect(certificate?.tasks).toMatchObject({ cancelled: 2, neverStarted: 1 });
    const job = await world.client.getJob(jobId);
    expect(Object.fromEntries(job.tasks.map(({ key, status }) => [key, status]))).toEqual({
      first: 'completed',
      stubborn: 'cancelled',
      sleeper: 'running',
      behind: 'cancelled',
    });
    await world.completed(await cancel(jobId));
  }, 120_000);

  it('without cascade skips what depends on it', async () => {
    const jobId = await runUnruly();
    const task = (await world.client.getJob(jobId)).tasks.find(({ key }) => key === 'stubborn');
    const { cancellationId } = await world.client.cancelTask(String(task?.taskId), { cascade: false });
    const { certificate } = await world.completed(String(cancellationId));
    expect(certificate?.spared).toEqual([{ task: 'behind', fate: 'skipped' }]);
    const job = await world.client.getJob(jobId);
    expect(job.tasks.find(({ key }) => key === 'behind')?.status).toBe('skipped');
    await world.completed(await cancel(jobId));
  }, 120_000);
});

describe('a job that cannot run', () => {
  it('fails with a code, a message and a hint when its command does not exist; what depends on it is skipped', async () => {
    const { jobId } = await world.client.submitJob({
      name: 'missing',
      tasks: [
        { key: 'missing', command: ['no-such-program'] },
        { key: 'behind', dependsOn: ['missing'], command: ['true'] },
      ],
    });
    const job = await world.job(jobId, ({ endedAt }) => endedAt !== null);
    expect(job.status).toBe('failed');
    expect(job.tasks[0]?.error).toMatchObject({ code: 'command-not-found', hint: expect.stringContaining('PATH') });
    expect(job.tasks[1]?.status).toBe('skipped');
  }, 60_000);
});

describe('without its servers', () => {
  const refusedAsRetryable = async (): Promise<ApiProblem> => {
    try {
      await world.client.submitJob({ name: 'x', tasks: [{ key: 'a', command: ['true'] }] });
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 503) return error;
      throw error;
    }
    throw new Error('it was accepted');
  };
  const worksAgain = () =>
    eventually(
      async () => {
        const { jobId } = await world.client.submitJob({ name: 'again', tasks: [{ key: 'a', command: ['true'] }] });
        return world.job(jobId, ({ status }) => status === 'completed');
      },
      { withinMs: 90_000, everyMs: 500 },
    );

  it('a submission is refused as retryable while PostgreSQL is away, and all works again when it is back', async () => {
    await world.system.servers.get('postgresql')?.stop();
    expect(await refusedAsRetryable()).toMatchObject({ retryable: true });
    await world.system.servers.get('postgresql')?.restart();
    await worksAgain();
  }, 180_000);

  it('a submission is refused as retryable while NATS is away, and all works again when it is back', async () => {
    await world.system.servers.get('nats-server')?.stop();
    expect(await refusedAsRetryable()).toMatchObject({ retryable: true });
    await world.system.servers.get('nats-server')?.restart();
    await worksAgain();
  }, 180_000);
});
