import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { streamIdOf } from '@necrocode/contracts';
import type { CancellationId, ExecutionEnding, InputOf } from '@necrocode/domain';
import type { StoredEvent } from '@necrocode/event-store';
import { PostgresEventStore } from '@necrocode/event-store-postgres';
import { createLogger, newId, openTracing, type Tracing } from '@necrocode/service-kit';
import { createTestDatabase, type OtlpReceiver, startOtlpReceiver, type TestDatabase } from '@necrocode/testing';
import { readTrace } from '@necrocode/trace';
import { memberIdOf } from '../drive-bulk/member-id.js';
import { aJob, aRequest, stoppedBy } from '../spec/a-job.js';
import { executionEnded, openService } from '../spec/open-service.js';
import { ScriptedOwners } from '../spec/scripted-owners.js';
import { ExportTrace, OUTCOME_TYPES } from './export-trace.js';

const TRACE = '7e'.repeat(16);
const CALLER = 'ca'.repeat(8);

let database: TestDatabase;
let store: PostgresEventStore;
let receiver: OtlpReceiver;
let tracing: Tracing;

beforeAll(async () => {
  database = await createTestDatabase();
  receiver = await startOtlpReceiver();
  // As an operator sets it: the official exporter reads it by itself.
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = receiver.endpoint;
  const opened = await openTracing('cancellation-service', process.env, createLogger('spec', 'silent'));
  if (!opened) throw new Error('an endpoint is set, and yet nothing is traced');
  tracing = opened;
  store = await PostgresEventStore.open({ connectionString: database.url });
});
afterEach(() => receiver.clear());
afterAll(async () => {
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  await tracing.close();
  await receiver.stop();
  await store.close();
  await database.drop();
});

const callerOf = (sampled: boolean): string => `00-${TRACE}-${CALLER}-0${sampled ? 1 : 0}`;

/** A service with a job that runs, and its cancellation: by a request, or as a member of a bulk. */
async function scene(bulkId?: CancellationId) {
  const job = aJob();
  const request = aRequest(job.jobId, bulkId === undefined ? {} : { cancellationId: memberIdOf(bulkId, job.jobId) });
  const { cancellationId } = request;
  const owners = new ScriptedOwners(job.facts, job.blockedBy(cancellationId), job.taskIds);
  const service = await openService(database, owners);
  const { executionId } = job.execution;
  const feed = (inputOf: InputOf) => service.saga.feed(cancellationId, inputOf, randomUUID());
  return {
    job,
    request,
    cancellationId,
    owners,
    service,
    feed,
    fence: () => feed((_, proof, at) => ({ type: 'RecordFencing', executionId, at, proof })),
    async endBy({ forced }: { readonly forced: boolean }) {
      const stopped = stoppedBy(cancellationId);
      const ending: ExecutionEnding = { ...stopped, evidence: { ...stopped.evidence, forced } };
      owners.facts = job.ended(cancellationId);
      await service.hear(executionEnded(job.execution, ending));
      await service.drive.settled();
    },
  };
}

const stored = (id: CancellationId): Promise<readonly StoredEvent[]> =>
  store.readStream(streamIdOf('cancellation', id));

/** A cancellation from its request to its certificate, in a trace of its caller. */
async function cancelled({ sampled = true, forced = false } = {}) {
  const { request, cancellationId, service, endBy } = await scene();
  await service.request(request, null, callerOf(sampled));
  await service.drive.settled();
  await endBy({ forced });
  await service.close();
  const events = await stored(cancellationId);
  const outcome = events.at(-1);
  if (outcome?.type !== 'CancellationCompleted') throw new Error(`it ends in ${outcome?.type}`);
  return { cancellationId, events, outcome };
}

const exportOf = (outcome: StoredEvent): Promise<void> => new ExportTrace(store, tracing).handle(outcome);
/** As the consumer does: what each outcome made due, one after the other. */
async function exportAll(cancellationId: CancellationId): Promise<void> {
  const types: ReadonlySet<string> = new Set(OUTCOME_TYPES);
  for (const event of await stored(cancellationId)) if (types.has(event.type)) await exportOf(event);
}
const idsOf = (spans: readonly { readonly spanId: string }[]): string[] => spans.map(({ spanId }) => spanId).toSorted();
const received = (name: string) => receiver.spans.filter((span) => span.name === name);
/** Every span that came, as `parent > name`; the caller's own is `caller`. */
const tree = (): string[] => {
  const names = new Map([[CALLER, 'caller'], ...receiver.spans.map(({ spanId, name }) => [spanId, name] as const)]);
  return receiver.spans.map(({ name, parentSpanId }) => `${names.get(parentSpanId) ?? 'nobody'} > ${name}`).toSorted();
};
const traces = (): ReadonlySet<string> => new Set(receiver.spans.map(({ traceId }) => traceId));

describe('the export of a trace', () => {
  it('sends in protobuf exactly the spans that are rebuilt from the store, in the trace of the caller', async () => {
    const { cancellationId, events, outcome } = await cancelled();
    await exportOf(outcome);
    expect(receiver.contentTypes).toEqual(['application/x-protobuf']);
    expect(idsOf(receiver.spans)).toEqual(idsOf(await readTrace(store, cancellationId, events)));
    expect(new Set(receiver.spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
    const known = new Set([CALLER, ...idsOf(receiver.spans)]);
    expect(receiver.spans.filter(({ parentSpanId }) => !known.has(parentSpanId))).toEqual([]);
    const root = receiver.spans.find(({ name }) => name === 'cancel job');
    expect(root).toMatchObject({ parentSpanId: CALLER, service: 'cancellation-service' });
    expect(root?.attributes).toMatchObject({ 'necrocode.cancellation.outcome': 'completed' });
  });

  it('sends the same again when its outcome is heard of again', async () => {
    const { outcome } = await cancelled();
    await exportOf(outcome);
    const first = [...receiver.spans];
    receiver.clear();
    await exportOf(outcome);
    expect(receiver.spans).toEqual(first);
  });

  it('fails when the collector does not take it, so that it is tried again', async () => {
    const { outcome } = await cancelled();
    receiver.refuse(1, 400);
    await expect(exportOf(outcome)).rejects.toThrow();
    await exportOf(outcome);
    expect(receiver.spans).not.toEqual([]);
  });
});

describe('of what its caller did not sample', () => {
  const unsampled = async () => {
    const stage = await scene();
    await stage.service.request(stage.request, null, callerOf(false));
    await stage.service.drive.settled();
    return stage;
  };

  it('nothing is exported where nothing was remarkable', async () => {
    await exportOf((await cancelled({ sampled: false })).outcome);
    expect(receiver.spans).toEqual([]);
  });

  it('a forced one is kept', async () => {
    await exportOf((await cancelled({ sampled: false, forced: true })).outcome);
    expect(received('cancel job')).toHaveLength(1);
  });

  it('one is kept that failed on its way, though it completed', async () => {
    const { cancellationId, feed, endBy, service } = await unsampled();
    const error = { code: 'cleanup-failed', message: '1 files left' };
    await feed((_, proof, at) => ({ type: 'RecordStepFailure', step: 'terminate', error, at, proof }));
    await endBy({ forced: false });
    await exportAll(cancellationId);
    expect(received('terminate')[0]?.attributes).toMatchObject({ 'necrocode.step.failures': '1' });
    expect(traces()).toEqual(new Set([TRACE]));
    await service.close();
  });

  it('an unconfirmed one is kept, and what proves it later stands below it', async () => {
    const { cancellationId, fence, endBy, service } = await unsampled();
    await fence();
    await exportAll(cancellationId);
    const outcome = 'necrocode.cancellation.outcome';
    expect(received('cancel job').map(({ attributes }) => attributes[outcome])).toEqual(['unconfirmed']);
    receiver.clear();
    await endBy({ forced: false });
    await exportAll(cancellationId);
    expect(tree()).toContain('cancel job > drive on');
    expect(new Set(idsOf(receiver.spans)).size).toBe(receiver.spans.length);
    await service.close();
  });
});

describe('one trace has', () => {
  const within = async (undoWindowMs: number) => {
    const stage = await scene();
    await stage.service.request({ ...stage.request, undoWindowMs }, null, callerOf(true));
    await stage.service.drive.settled();
    return stage;
  };

  it('an undo window that was taken back', async () => {
    const { cancellationId, service } = await within(600_000);
    await service.undo(cancellationId);
    await service.drive.settled();
    await exportAll(cancellationId);
    expect(tree()).toEqual(['caller > cancel job', 'cancel job > hold', 'cancel job > validate']);
    expect(received('cancel job')[0]?.attributes).toMatchObject({ 'necrocode.cancellation.outcome': 'undone' });
    await service.close();
  });

  it('an undo window that was over, and every step after it', async () => {
    const { cancellationId, service, endBy } = await within(1);
    await service.drive.drive(cancellationId);
    await endBy({ forced: false });
    await exportAll(cancellationId);
    expect(tree()).toEqual(
      expect.arrayContaining(['cancel job > hold', 'cancel job > terminate', 'cancel job > certify']),
    );
    expect(traces()).toEqual(new Set([TRACE]));
    await service.close();
  });

  it('a link to each trace that joined', async () => {
    const { job, request, cancellationId, service, endBy } = await scene();
    await service.request(request, null, callerOf(true));
    const joiner = { traceId: '10'.repeat(16), spanId: '20'.repeat(8) };
    await service.request(aRequest(job.jobId), null, `00-${joiner.traceId}-${joiner.spanId}-01`);
    await service.drive.settled();
    await endBy({ forced: false });
    await exportAll(cancellationId);
    expect(received('cancel job')[0]?.links).toMatchObject([joiner]);
    expect(traces()).toEqual(new Set([TRACE]));
    await service.close();
  });

  it('a bulk, the chunks it dequeued, and every cancellation it opened with its steps', async () => {
    const bulkId = newId('can');
    const { job, request: alike, cancellationId: member, owners, service, endBy } = await scene(bulkId);
    owners.queue.waiting.add(newId('job'));
    owners.queue.started.add(job.jobId);
    const target = { kind: 'queue', queue: 'default', mode: 'all' } as const;
    await service.bulks.request.handle(
      { request: { ...alike, cancellationId: bulkId, target }, planToken: null, expectedCount: null },
      { id: randomUUID(), actor: 'user:spec', traceparent: callerOf(true) },
    );
    await service.bulks.drive.settled();
    await service.drive.settled();
    await endBy({ forced: false });
    for (const type of await service.types(member))
      await service.bulks.hear({ streamId: `cancellation-${member}`, type });
    await service.bulks.drive.settled();
    await exportAll(member);
    await exportAll(bulkId);
    expect(tree()).toEqual(
      expect.arrayContaining([
        'caller > cancel queue',
        'cancel queue > dequeue',
        'cancel queue > cancel job',
        'cancel job > terminate',
        'terminate > end execution',
        'cancel job > certify',
      ]),
    );
    expect(tree().filter((line) => line.startsWith('nobody'))).toEqual([]);
    expect(traces()).toEqual(new Set([TRACE]));
    expect(received('cancel job')[0]?.attributes).toMatchObject({ 'necrocode.job.id': job.jobId });
    await service.close();
  });
});
