import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { streamIdOf } from '@necrocode/contracts';
import type { ExecutionEnding } from '@necrocode/domain';
import { PostgresEventStore } from '@necrocode/event-store-postgres';
import { createLogger, openTracing, type Tracing } from '@necrocode/service-kit';
import { createTestDatabase, type OtlpReceiver, startOtlpReceiver, type TestDatabase } from '@necrocode/testing';
import { readTrace } from '@necrocode/trace';
import { aJob, aRequest, stoppedBy } from '../spec/a-job.js';
import { executionEnded, openService } from '../spec/open-service.js';
import { ScriptedOwners } from '../spec/scripted-owners.js';
import { ExportTrace } from './export-trace.js';

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

/** A cancellation from its request to its certificate, in a trace of its caller. */
async function cancelled({ sampled = true, forced = false } = {}) {
  const job = aJob();
  const request = aRequest(job.jobId);
  const { cancellationId } = request;
  const owners = new ScriptedOwners(job.facts, job.blockedBy(cancellationId), job.taskIds);
  const service = await openService(database, owners);
  await service.request(request, null, `00-${TRACE}-${CALLER}-0${sampled ? 1 : 0}`);
  await service.drive.settled();
  owners.facts = job.ended(cancellationId);
  const stopped = stoppedBy(cancellationId);
  const ending: ExecutionEnding = { ...stopped, evidence: { ...stopped.evidence, forced } };
  await service.hear(executionEnded(job.execution, ending));
  await service.drive.settled();
  await service.close();
  const events = await store.readStream(streamIdOf('cancellation', cancellationId));
  const outcome = events.at(-1);
  if (outcome?.type !== 'CancellationCompleted') throw new Error(`it ends in ${outcome?.type}`);
  return { cancellationId, events, outcome };
}

const exportOf = (outcome: Awaited<ReturnType<typeof cancelled>>['outcome']): Promise<void> =>
  new ExportTrace(store, tracing).handle(outcome);
const idsOf = (spans: readonly { readonly spanId: string }[]): string[] => spans.map(({ spanId }) => spanId).toSorted();

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

  it('leaves out what its caller did not sample, unless something was remarkable', async () => {
    await exportOf((await cancelled({ sampled: false })).outcome);
    expect(receiver.spans).toEqual([]);
    await exportOf((await cancelled({ sampled: false, forced: true })).outcome);
    expect(receiver.spans.map(({ name }) => name)).toContain('cancel job');
  });
});
