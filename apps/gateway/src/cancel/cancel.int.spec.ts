import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CancellationResult, cancellationCommands, dispatcherCommands } from '@necrocode/contracts';
import { type CancellationRequest, Rejection } from '@necrocode/domain';
import { CodedError, newId } from '@necrocode/service-kit';
import { CancelledJob } from '../spec/cancelled-job.js';
import { startTestGateway, type TestGateway } from '../spec/test-gateway.js';

let gateway: TestGateway;
let asked: CancellationRequest[];
let reply: (request: CancellationRequest) => Pick<CancellationResult, 'result' | 'cancellationId'>;

beforeAll(async () => {
  gateway = await startTestGateway();
  gateway.answer(cancellationCommands.requestCancellation, ({ request }) => {
    asked.push(request);
    return reply(request);
  });
}, 60_000);
afterAll(() => gateway.close());
beforeEach(() => {
  asked = [];
  reply = ({ cancellationId }) => ({ result: 'accepted', cancellationId });
});

const cancel = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  gateway.call('POST', path, { ...(body === undefined ? {} : { body }), headers });

describe('POST /jobs/{jobId}/cancel', () => {
  it('asks the cancellation service once, and answers with where to look', async () => {
    const jobId = newId('job');
    const body = {
      reason: 'enough',
      reasonCode: 'budget',
      force: true,
      gracePeriodMs: 250,
      signal: 'SIGINT',
      artifacts: 'delete',
    };
    const before = new Date().toISOString();
    const response = await cancel(`/jobs/${jobId}/cancel`, body);
    const result = (await response.json()) as CancellationResult;
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe(`/api/cancellations/${result.cancellationId}`);
    expect(result).toMatchObject({ result: 'accepted', jobId, taskId: null, cancellation: null });
    expect(result.message).not.toContain('ancelled'); // Requested is all that is known.
    expect(asked).toMatchObject([
      {
        cancellationId: result.cancellationId,
        target: { kind: 'job', jobId },
        options: { force: true, gracePeriodMs: 250, signal: 'SIGINT', artifacts: 'delete' },
        reason: { code: 'budget', text: 'enough' },
        requestedBy: 'user:local',
      },
    ]);
    expect(asked[0]?.requestedAt.localeCompare(before)).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ['no body', undefined],
    ['an empty object', {}],
  ])('cancels as the tasks say with %s', async (_, body) => {
    expect((await cancel(`/jobs/${newId('job')}/cancel`, body)).status).toBe(202);
    expect(asked[0]).toMatchObject({
      options: { force: false, gracePeriodMs: null, signal: null, artifacts: null },
      reason: { code: 'user-request', text: '' },
    });
  });

  it('takes an empty body that says it is JSON', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await gateway.call('POST', `/jobs/${newId('job')}/cancel`, { raw: '', headers })).status).toBe(202);
  });

  it('is the same request with the same key and body; the fingerprint tells another body or target', async () => {
    const [one, two] = [newId('job'), newId('job')];
    const key = { 'idempotency-key': 'stop-1' };
    await cancel(`/jobs/${one}/cancel`, { reason: 'a' }, key);
    await cancel(`/jobs/${one}/cancel`, { reason: 'a', force: false }, key);
    await cancel(`/jobs/${one}/cancel`, { reason: 'b' }, key);
    await cancel(`/jobs/${two}/cancel`, { reason: 'a' }, key);
    const ids = new Set(asked.map(({ cancellationId }) => cancellationId));
    expect(ids.size).toBe(1);
    const [first, same, ...others] = asked.map(({ fingerprint }) => fingerprint);
    expect(same).toBe(first);
    expect(new Set([first, ...others]).size).toBe(3);
  });

  it('passes a refusal on as it stands', async () => {
    reply = ({ target }) => {
      throw new Rejection('job-not-found', { jobId: target.jobId });
    };
    const response = await cancel(`/jobs/${newId('job')}/cancel`);
    expect([response.status, await response.json()]).toMatchObject([404, { code: 'job-not-found' }]);
  });

  it.each(['already-completed', 'already-failed', 'already-cancelled'] as const)(
    'is success when the job is %s',
    async (result) => {
      reply = () => ({ result, cancellationId: null });
      const response = await cancel(`/jobs/${newId('job')}/cancel?wait=30s`);
      expect([response.status, await response.json()]).toMatchObject([
        200,
        { result, cancellationId: null, links: null },
      ]);
    },
  );

  it('says which cancellation it has joined', async () => {
    const running = newId('can');
    reply = () => ({ result: 'joined', cancellationId: running });
    const response = await cancel(`/jobs/${newId('job')}/cancel`);
    expect(response.headers.get('location')).toBe(`/api/cancellations/${running}`);
    expect([response.status, await response.json()]).toMatchObject([
      202,
      { result: 'joined', cancellationId: running },
    ]);
  });

  it.each([
    [{ reason: 7 }, 'reason'],
    [{ reasonCode: 'mood' }, 'reasonCode'],
    [{ gracePeriodMs: -1 }, 'gracePeriodMs'],
    [{ signal: 'SIGKILL' }, 'signal'],
    [{ artifacts: 'burn' }, 'artifacts'],
    [{ hurry: true }, 'hurry'],
  ])('refuses %j, naming the field', async (body, path) => {
    const response = await cancel(`/jobs/${newId('job')}/cancel`, body);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: 'validation-failed', fields: [{ path }] },
    ]);
    expect(asked).toEqual([]);
  });

  it.each(['soon', '400s', '-1'])('refuses to wait for %s', async (wait) => {
    const response = await cancel(`/jobs/${newId('job')}/cancel?wait=${wait}`);
    expect([response.status, await response.json()]).toMatchObject([400, { fields: [{ path: 'wait' }] }]);
  });
});

describe('DELETE /jobs/{jobId}', () => {
  it('cancels with the defaults', async () => {
    const jobId = newId('job');
    expect((await gateway.call('DELETE', `/jobs/${jobId}`)).status).toBe(202);
    expect(asked).toMatchObject([{ target: { kind: 'job', jobId }, options: { force: false } }]);
  });
});

describe('waiting', () => {
  it('answers with the certificate as soon as there is one', async () => {
    const job = new CancelledJob(gateway);
    await job.registerRunner();
    await job.submit();
    await job.start();
    reply = () => ({ result: 'accepted', cancellationId: job.cancellationId });
    await job.request();
    const waiting = cancel(`/jobs/${job.jobId}/cancel`, {}, { prefer: 'respond-async, wait=30' });
    await job.block();
    await job.signal();
    await job.end();
    await job.clean();
    await job.certify();
    const response = await waiting;
    expect(response.status).toBe(200);
    expect(response.headers.get('preference-applied')).toBe('wait=30');
    expect(await response.json()).toMatchObject({
      result: 'accepted',
      message: expect.stringContaining('Cancelled'),
      cancellation: { word: 'cancelled', certificate: { outcome: 'completed' } },
    });
  });

  it('answers 202 with how it stands when the wait is over first', async () => {
    const job = new CancelledJob(gateway);
    await job.submit();
    await job.request();
    reply = () => ({ result: 'joined', cancellationId: job.cancellationId });
    const response = await cancel(`/jobs/${job.jobId}/cancel?wait=50ms`);
    expect(response.headers.get('preference-applied')).toBeNull();
    expect([response.status, await response.json()]).toMatchObject([
      202,
      {
        message: expect.stringContaining('waiting for the dispatcher to block new starts'),
        cancellation: { word: 'requested', status: 'requested', certificate: null },
      },
    ]);
  });
});

describe('POST /tasks/{taskId}/cancel', () => {
  const jobId = newId('job');
  const known = newId('task');
  beforeAll(() =>
    gateway.answer(dispatcherCommands.findTask, ({ taskId }) => {
      if (taskId !== known) throw new Rejection('task-not-found', { taskId });
      return { jobId };
    }),
  );

  it.each([
    [{}, 'dependents'],
    [{ cascade: true }, 'dependents'],
    [{ cascade: 'dependents' }, 'dependents'],
    [{ cascade: false }, 'none'],
    [{ cascade: 'none' }, 'none'],
    [{ cascade: 'dependents-and-unneeded-inputs' }, 'dependents-and-unneeded-inputs'],
  ])('with %j cancels %s', async (body, cascade) => {
    const response = await cancel(`/tasks/${known}/cancel`, body);
    expect([response.status, await response.json()]).toMatchObject([202, { jobId, taskId: known }]);
    expect(asked).toMatchObject([{ target: { kind: 'task', jobId, taskId: known, cascade } }]);
  });

  it('of an unknown task is 404', async () => {
    const response = await cancel(`/tasks/${newId('task')}/cancel`);
    expect([response.status, await response.json()]).toMatchObject([404, { code: 'task-not-found' }]);
    expect(asked).toEqual([]);
  });
});

describe('a dry run', () => {
  it('asks for the plan alone, and answers with it and its token', async () => {
    const plan = {
      joins: null,
      tasks: [],
      spared: [],
      executions: [],
      runners: [],
      slots: [],
      artifacts: null,
      planToken: 'token',
    };
    const tokens: (string | null)[] = [];
    gateway.answer(cancellationCommands.planCancellation, ({ planToken }) => {
      tokens.push(planToken);
      return { outcome: 'planned' as const, plan };
    });
    const response = await cancel(`/jobs/${newId('job')}/cancel`, { dryRun: true, planToken: 'abc' });
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { result: 'planned', cancellationId: null, plan },
    ]);
    expect(response.headers.get('location')).toBeNull();
    expect({ tokens, asked }).toEqual({ tokens: ['abc'], asked: [] });
  });

  it('has a token that makes another request of the same body', async () => {
    const jobId = newId('job');
    await cancel(`/jobs/${jobId}/cancel`, {});
    await cancel(`/jobs/${jobId}/cancel`, { planToken: 'abc' });
    expect(new Set(asked.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });

  it('refuses a token that can be none, and a plan that has changed by its code', async () => {
    const response = await cancel(`/jobs/${newId('job')}/cancel`, { planToken: 'a b' });
    expect([response.status, await response.json()]).toMatchObject([400, { fields: [{ path: 'planToken' }] }]);
    reply = () => {
      throw new CodedError('plan-changed', { changes: 'task a: was dequeued, is stop' });
    };
    const changed = await cancel(`/jobs/${newId('job')}/cancel`, { planToken: 'abc' });
    expect([changed.status, await changed.json()]).toMatchObject([
      409,
      { code: 'plan-changed', retryable: false, message: expect.stringContaining('task a: was dequeued, is stop') },
    ]);
  });
});
