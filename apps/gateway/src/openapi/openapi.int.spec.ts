import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { fetchWhole, startTestGateway, type TestGateway } from '../spec/test-gateway.js';
import type { OpenApiDocument } from './describe-api.js';

let gateway: TestGateway;
let document: OpenApiDocument;

beforeAll(async () => {
  gateway = await startTestGateway();
  document = (await (await fetchWhole(`${gateway.url}/api/openapi.json`)).json()) as OpenApiDocument;
}, 60_000);
afterAll(() => gateway.close());

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    // A copy: the validator takes the document apart.
    const verdict = await new Validator().validate(structuredClone(document) as never);
    expect(verdict).toEqual({ valid: true });
    expect(document.openapi).toBe('3.1.0');
  });

  it('has every call of the API', () => {
    const calls = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(calls.sort()).toEqual(
      [
        'POST /api/jobs',
        'POST /api/jobs/{jobId}/retry',
        'POST /api/batches',
        'POST /api/cancellations/{cancellationId}/undo',
        'GET /api/jobs',
        'GET /api/jobs/{jobId}',
        'DELETE /api/jobs/{jobId}',
        'POST /api/jobs/{jobId}/cancel',
        'GET /api/jobs/{jobId}/cancellation-status',
        'GET /api/jobs/{jobId}/events',
        'GET /api/jobs/{jobId}/history',
        'GET /api/jobs/{jobId}/logs',
        'GET /api/jobs/{jobId}/stream',
        'GET /api/jobs/{jobId}/artifacts',
        'GET /api/tasks/{taskId}',
        'POST /api/tasks/{taskId}/cancel',
        'GET /api/cancellations',
        'POST /api/cancellations',
        'GET /api/cancellations/{cancellationId}/targets',
        'POST /api/cancellations/{cancellationId}/abort',
        'GET /api/cancellations/{cancellationId}',
        'GET /api/cancellations/{cancellationId}/certificate',
        'GET /api/cancellations/{cancellationId}/events',
        'GET /api/cancellations/{cancellationId}/replay',
        'GET /api/cancellations/{cancellationId}/trace',
        'GET /api/audit/verification',
        'GET /api/archives',
        'POST /api/archives',
        'GET /api/archives/plan',
        'GET /api/archives/plan/events',
        'GET /api/archives/{number}/streams',
        'GET /api/projections',
        'GET /api/projections/{name}/verification',
        'POST /api/projections/{name}/rebuild',
        'GET /api/runners',
        'POST /api/queues/{queue}/pause',
        'POST /api/queues/{queue}/resume',
        'POST /api/runners/{runnerId}/drain',
        'GET /api/events',
        'POST /api/runners/{runnerId}/trust',
        'GET /api/queues',
        'GET /api/slot-pools',
        'GET /api/webhooks',
        'POST /api/webhooks',
        'GET /api/webhooks/{webhookId}',
        'PATCH /api/webhooks/{webhookId}',
        'DELETE /api/webhooks/{webhookId}',
        'POST /api/webhooks/{webhookId}/ping',
        'POST /api/webhooks/{webhookId}/rotate-secret',
        'GET /api/webhooks/{webhookId}/deliveries',
        'POST /api/webhooks/{webhookId}/replay',
        'GET /api/openapi.json',
        'GET /api/asyncapi.json',
        'GET /api/docs',
        'GET /api/docs/style.css',
        'POST /api/training/cancel/{job_id}',
        'GET /api/training/queue',
        'POST /api/v1/queue/{queue_id}/enqueue_batch',
        'GET /api/v1/queue/{queue_id}/list',
        'GET /api/v1/queue/{queue_id}/list_all',
        'GET /api/v1/queue/{queue_id}/item_ids',
        'POST /api/v1/queue/{queue_id}/items_by_ids',
        'POST /api/v1/queue/{queue_id}/item_summaries_by_ids',
        'GET /api/v1/queue/{queue_id}/current',
        'PUT /api/v1/queue/{queue_id}/processor/pause',
        'PUT /api/v1/queue/{queue_id}/processor/resume',
        'GET /api/v1/queue/{queue_id}/next',
        'GET /api/v1/queue/{queue_id}/status',
        'GET /api/v1/queue/{queue_id}/b/{batch_id}/status',
        'GET /api/v1/queue/{queue_id}/counts_by_destination',
        'GET /api/v1/queue/{queue_id}/i/{item_id}',
        'PUT /api/v1/queue/{queue_id}/i/{item_id}/cancel',
        'DELETE /api/v1/queue/{queue_id}/i/{item_id}',
        'PUT /api/v1/queue/{queue_id}/prune',
        'PUT /api/v1/queue/{queue_id}/cancel_by_batch_ids',
        'PUT /api/v1/queue/{queue_id}/cancel_by_destination',
        'PUT /api/v1/queue/{queue_id}/cancel_all_except_current',
        'POST /api/v1/queue/{queue_id}/cancel_all_except_current',
        'PUT /api/v1/queue/{queue_id}/delete_all_except_current',
        'DELETE /api/v1/queue/{queue_id}/d/{destination}',
        'PUT /api/v1/queue/{queue_id}/retry_items_by_id',
        'PUT /api/v1/queue/{queue_id}/clear',
        'POST /api/v1/queue/{queue_id}/clear',
        'GET /healthz',
        'GET /metrics',
        'GET /readyz',
      ].sort(),
    );
  });

  it('has as many calls as the server has routes', () => {
    const served = [...gateway.printRoutes().matchAll(/\(([A-Z, ]+)\)/g)].flatMap(([, methods = '']) =>
      methods.split(', '),
    );
    const described = Object.values(document.paths).flatMap((operations) => Object.keys(operations));
    expect(described.map((method) => method.toUpperCase()).sort()).toEqual(served.sort());
  });

  it('refers to nothing that is not there, and leaves no schema unused', () => {
    const text = JSON.stringify(document);
    const named = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name));
    expect([...named].sort()).toEqual(Object.keys(document.components['schemas'] as object).sort());
  });

  it('says what an id looks like and what may be left out of a job', () => {
    const submit = document.paths['/api/jobs']?.['post'];
    expect(JSON.stringify(submit)).toContain('"required":["name","tasks"]');
    expect(JSON.stringify(document.components)).toContain('^job_[0-7][0-9a-hjkmnp-tv-z]{25}$');
  });
});

describe('the page for people', () => {
  it('has every call, loads nothing from elsewhere and runs nothing', async () => {
    const response = await fetchWhole(`${gateway.url}/api/docs`);
    const page = await response.text();
    for (const path of Object.keys(document.paths)) expect(page).toContain(path);
    expect(page).not.toMatch(/<script|https?:\/\/|style="|onclick/);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'self'");
    const style = await fetchWhole(`${gateway.url}/api/docs/style.css`);
    expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
  });
});
