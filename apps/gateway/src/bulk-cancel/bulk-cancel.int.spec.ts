import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type BulkResource,
  type BulkResult,
  cancellationCommands,
  cloudEventSchema,
  type Replay,
  submitJobBody,
} from '@necrocode/contracts';
import {
  type BulkCommand,
  bulkDecider,
  type BulkRequest,
  type CancellationId,
  type JobId,
  jobDecider,
} from '@necrocode/domain';
import { CodedError, newId } from '@necrocode/service-kit';
import { jobToSubmit } from '../submit-job/job-to-submit.js';
import { openStream } from '../spec/read-stream.js';
import { act, startTestGateway, type TestGateway } from '../spec/test-gateway.js';

let gateway: TestGateway;
const asked: { request: BulkRequest; planToken: string | null; expectedCount: number | null }[] = [];
const at = new Date().toISOString();
const plan = { targets: 2, waiting: 2, started: 0, snapshotAt: at, digest: 'sha256:1' };

beforeAll(async () => {
  gateway = await startTestGateway();
  gateway.answer(cancellationCommands.requestBulk, (order) => {
    asked.push(order);
    if (order.expectedCount === 7)
      throw new CodedError('plan-changed', { changes: 'expected were 7 jobs, now it is 2' });
    const { target, cancellationId } = order.request;
    return { cancellationId: target.kind === 'selector' ? null : cancellationId, plan };
  });
  gateway.answer(cancellationCommands.planBulk, () => ({ plan, planToken: 'token', jobIds: [] }));
  gateway.answer(cancellationCommands.abortBulk, () => ({ aborted: true }));
}, 60_000);
afterAll(() => gateway.close());

const cancel = (body: unknown, path = '/cancellations') => gateway.call('POST', path, { body });
const queue = { kind: 'queue', queue: 'gpu' } as const;

/** A bulk of so many waiting jobs, as the cancellation service would store it, the first chunk dequeued. */
async function aBulk(jobIds: readonly JobId[], lost: readonly JobId[] = []): Promise<CancellationId> {
  const cancellationId = newId('can');
  const proof = { acknowledgedAt: at, traceId: null, streamHash: 'sha256:0' };
  const request: BulkRequest = {
    cancellationId,
    target: { kind: 'queue', queue: 'gpu', mode: 'all' },
    options: { force: false, gracePeriodMs: null, signal: null, artifacts: null },
    reason: { code: 'user-request', text: '' },
    requestedBy: 'user:local',
    fingerprint: 'sha256:0',
    requestedAt: at,
  };
  const selection = { waiting: jobIds, started: [], snapshotAt: at, digest: 'sha256:1' };
  const ended = lost.map((jobId) => ({ jobId, how: 'already-completed', cancellationId: null }) as const);
  const commands: BulkCommand[] = [
    { type: 'RequestBulk', ...request, selection, at },
    { type: 'RecordDequeued', chunk: 0, started: [], ended, at, proof },
  ];
  for (const command of commands) {
    await act(gateway, bulkDecider, 'cancellation', cancellationId, cancellationId, command);
  }
  return cancellationId;
}

describe('POST /cancellations', () => {
  it('asks for many jobs at once and says where to look', async () => {
    const response = await cancel({ target: queue, reason: 'enough', force: true, expectedCount: 2 });
    const result = (await response.json()) as BulkResult;
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe(`/api/cancellations/${result.cancellationId}`);
    expect(result).toMatchObject({ result: 'accepted', plan, cancellation: null });
    expect(asked.at(-1)).toMatchObject({
      request: { target: { ...queue, mode: 'all' }, options: { force: true }, reason: { text: 'enough' } },
      expectedCount: 2,
      planToken: null,
    });
  });

  it('answers a dry run with the plan and its token, and asks for nothing', async () => {
    const before = asked.length;
    const response = await cancel({ target: queue, dryRun: true });
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { result: 'planned', planToken: 'token', cancellationId: null, links: null },
    ]);
    expect(asked).toHaveLength(before);
  });

  it('says that an empty selector matches nothing', async () => {
    const response = await cancel({ target: { kind: 'selector', selector: {} } });
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { result: 'nothing-matched', message: expect.stringContaining('an empty selector matches nothing') },
    ]);
  });

  it.each([
    ['an unknown field of a selector', { kind: 'selector', selector: { owners: ['ada'] } }, 'target.selector.owners'],
    [
      'a state no job can be cancelled in',
      { kind: 'selector', selector: { states: ['failed'] } },
      'target.selector.states.0',
    ],
    ['an unknown mode', { kind: 'queue', queue: 'gpu', mode: 'some' }, 'target.mode'],
    ['a malformed batch id', { kind: 'batch', batchId: 'b1' }, 'target.batchId'],
    ['no target', undefined, 'target'],
  ])('refuses %s with its path', async (_, target, path) => {
    const response = await cancel({ target });
    const { code, fields } = (await response.json()) as { code: string; fields: { path: string }[] };
    expect([response.status, code, fields.map((field) => field.path)]).toEqual([400, 'validation-failed', [path]]);
  });

  it('passes a changed plan on as the conflict it is', async () => {
    const response = await cancel({ target: queue, expectedCount: 7 });
    expect([response.status, await response.json()]).toMatchObject([
      409,
      { code: 'plan-changed', retryable: false, message: expect.stringContaining('expected were 7 jobs') },
    ]);
  });
});

describe('a bulk cancellation', () => {
  it('is one resource with counts, and an outcome for each target page by page', async () => {
    const jobIds = [newId('job'), newId('job'), newId('job')].sort();
    const [, lost] = jobIds;
    if (!lost) throw new Error('no job');
    const cancellationId = await aBulk(jobIds, [lost]);
    const bulk = (await (await gateway.call('GET', `/cancellations/${cancellationId}`)).json()) as BulkResource;
    expect(bulk).toMatchObject({
      kind: 'bulk',
      status: 'completed',
      targets: { planned: 3, cancelled: 2, neverStarted: 2, alreadyEnded: 1, pending: 0 },
      waitingFor: [],
      actions: [
        { action: 'abort', possible: false },
        { action: 'fetch-certificate', possible: true },
      ],
    });
    const page = await gateway.call('GET', `/cancellations/${cancellationId}/targets?limit=1&offset=1`);
    expect(await page.json()).toEqual({
      items: [{ jobId: lost, outcome: 'already-completed', neverStarted: false, cancellationId: null }],
      total: 3,
      limit: 1,
      offset: 1,
    });
    const cancelled = await gateway.call('GET', `/cancellations/${cancellationId}/targets?outcome=cancelled`);
    expect(await cancelled.json()).toMatchObject({ total: 2 });
    const certificate = await gateway.call('GET', `/cancellations/${cancellationId}/certificate`);
    expect(await certificate.json()).toEqual(bulk.certificate);
  });

  it('is replayed event by event to the state it has', async () => {
    const cancellationId = await aBulk([newId('job'), newId('job')]);
    const path = `/cancellations/${cancellationId}`;
    const { version, frames } = (await (await gateway.call('GET', `${path}/replay`)).json()) as Replay;
    expect(frames.map(({ at }) => at)).toEqual(Array.from({ length: version }, (_, index) => index + 1));
    expect(frames[0]).toMatchObject({
      event: { type: 'BulkRequested' },
      cancellation: { kind: 'bulk', status: 'in-progress', targets: { planned: 2, pending: 2 }, certificate: null },
    });
    expect(frames.at(-1)?.cancellation).toEqual(await (await gateway.call('GET', path)).json());
    expect(await (await gateway.call('GET', `${path}/replay?at=${version}`)).json()).toEqual(frames.at(-1));
  });

  it('says what it waits for, and can be aborted', async () => {
    const cancellationId = await aBulk(Array.from({ length: 12_500 }, () => newId('job')));
    const response = await gateway.call('POST', `/cancellations/${cancellationId}/abort`);
    expect(await response.json()).toMatchObject({
      aborted: true,
      cancellation: {
        status: 'in-progress',
        targets: { cancelled: 5_000, pending: 7_500 },
        stalled: false,
        waitingFor: ['7500 jobs to be taken out of their queues'],
      },
    });
  });

  it('is watched like any other: its chunks and the end, and nothing more after it', async () => {
    const cancellationId = await aBulk([newId('job')]);
    const path = `${gateway.url}/api/cancellations/${cancellationId}/events`;
    const stream = await openStream(path);
    await stream.ended;
    const types = stream.messages.slice(0, -1).map(({ data }) => cloudEventSchema.parse(JSON.parse(data)).eventtype);
    expect([types[0], types.at(-1)]).toEqual(['BulkRequested', 'BulkConcluded']);
    const end = stream.messages.at(-1);
    expect(end).toMatchObject({ event: 'end' });
    expect((await openStream(path, { 'last-event-id': end?.id ?? '' })).status).toBe(204);
  });

  it('is what a job says it was cancelled by when it took it out of its queue', async () => {
    const jobId = newId('job');
    const { spec, tasks } = jobToSubmit(
      submitJobBody.parse({ name: 'a job', tasks: [{ key: 'a', command: ['true'] }] }),
      'user:local',
      undefined,
      undefined,
    );
    const cancellationId = await aBulk([jobId]);
    await act(gateway, jobDecider, 'job', jobId, jobId, { type: 'SubmitJob', jobId, spec, tasks, at });
    await act(gateway, jobDecider, 'job', jobId, jobId, { type: 'DequeueJob', cancellationId, at });
    const status = await gateway.call('GET', `/jobs/${jobId}/cancellation-status`);
    expect(await status.json()).toMatchObject({ kind: 'bulk', cancellationId, status: 'completed' });
  });

  it('is not found under an unknown id', async () => {
    for (const path of ['', '/targets', '/certificate']) {
      expect((await gateway.call('GET', `/cancellations/${newId('can')}${path}`)).status).toBe(404);
    }
  });
});
