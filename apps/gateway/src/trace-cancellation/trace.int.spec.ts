import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OtlpTrace, otlpTrace } from '@necrocode/contracts';
import { newId } from '@necrocode/service-kit';
import { CancelledJob } from '../spec/cancelled-job.js';
import { startTestGateway, type TestGateway } from '../spec/test-gateway.js';

let gateway: TestGateway;
let job: CancelledJob;

beforeAll(async () => {
  gateway = await startTestGateway();
  job = new CancelledJob(gateway);
  await job.live();
}, 60_000);
afterAll(() => gateway.close());

const traceOf = async (cancellationId: string): Promise<OtlpTrace> => {
  const response = await gateway.call('GET', `/cancellations/${cancellationId}/trace`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('application/json');
  return otlpTrace.parse(await response.json());
};

const spansOf = ({ resourceSpans }: OtlpTrace) =>
  resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue;
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, service })));
  });

describe('GET /cancellations/{id}/trace', () => {
  it('rebuilds the spans of all services from their streams', async () => {
    const spans = spansOf(await traceOf(job.cancellationId));
    const [root, ...others] = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
    expect(others).toEqual([]);
    expect(root).toMatchObject({ name: 'cancel job', service: 'cancellation-service' });
    expect(spans.map(({ service, name }) => `${service}: ${name}`)).toEqual(
      expect.arrayContaining([
        'cancellation-service: block-dispatch',
        'cancellation-service: certify',
        'dispatcher: block dispatch',
        'dispatcher: cancel task',
        'runner: end execution',
        'runner: signal SIGTERM',
        'artifact-cleaner: clean files',
      ]),
    );
  });

  it('is the same each time', async () => {
    expect(await traceOf(job.cancellationId)).toEqual(await traceOf(job.cancellationId));
  });

  it('has what has ended of a cancellation under way', async () => {
    const open = new CancelledJob(gateway);
    await open.submit();
    await open.request();
    const names = spansOf(await traceOf(open.cancellationId)).map(({ name }) => name);
    expect(names).toEqual(['validate']);
  });

  it('knows no trace of a cancellation that does not exist', async () => {
    const response = await gateway.call('GET', `/cancellations/${newId('can')}/trace`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'cancellation-not-found' });
  });
});
