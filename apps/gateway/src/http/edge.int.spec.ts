import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Problem } from '@necrocode/contracts';
import { newId } from '@necrocode/service-kit';
import { fetchWhole, startTestGateway, type TestGateway, TOKEN } from '../spec/test-gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 60_000);
afterAll(() => gateway.close());

const problem = async (response: Response) => ({
  mediaType: response.headers.get('content-type'),
  ...((await response.json()) as Problem),
});

describe('the token', () => {
  it.each([
    ['none', {}],
    ['a wrong one', { authorization: `Bearer ${TOKEN.slice(0, -1)}?` }],
    ['a longer one', { authorization: `Bearer ${TOKEN}x` }],
    ['another scheme', { authorization: `Basic ${TOKEN}` }],
    ['an empty one', { authorization: 'Bearer ' }],
  ])('is refused: %s', async (_, headers: Record<string, string>) => {
    const response = await fetchWhole(`${gateway.url}/api/jobs`, { headers });
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="necrocode"');
    expect(await problem(response)).toMatchObject({
      status: 401,
      mediaType: 'application/problem+json',
      code: 'unauthenticated',
      retryable: false,
    });
  });

  it('is asked for before the route is looked at or the body is read', async () => {
    const unknown = await fetchWhole(`${gateway.url}/api/nothing-here`, {
      method: 'POST',
      body: 'x'.repeat(2_000_000),
    });
    expect(unknown.status).toBe(401);
  });

  it('is not needed for health and the description of the API', async () => {
    for (const path of ['/healthz', '/readyz', '/api/openapi.json', '/api/docs', '/api/docs/style.css']) {
      expect([path, (await fetchWhole(gateway.url + path)).status]).toEqual([path, 200]);
    }
  });
});

describe('the metrics of requests', () => {
  const scrape = async () => (await gateway.call('GET', '/../metrics')).text();

  it('have the route, never what stands in its place, and one name for all that is nowhere', async () => {
    const jobId = newId('job');
    await gateway.call('GET', `/jobs/${jobId}`);
    await gateway.call('GET', '/made-up-by-a-client');
    const text = await scrape();
    const took = 'necrocode_http_request_duration_seconds_count';
    expect(text).toMatch(new RegExp(`${took}\\{route="GET /api/jobs/:\\w+",status="4xx"\\} 1\\n`));
    expect(text).toMatch(new RegExp(`${took}\\{route="other",status="4xx"\\} \\d+\\n`));
    expect(text).not.toContain(jobId);
    expect(text).not.toContain('made-up');
  });

  it('count an event stream and what was asked to wait, and do not time them', async () => {
    const aborted = new AbortController();
    const headers = { authorization: `Bearer ${TOKEN}`, accept: 'text/event-stream' };
    const stream = await fetch(`${gateway.url}/api/events?last=0`, { headers, signal: aborted.signal });
    expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    aborted.abort();
    const body = { reason: 'enough' };
    expect((await gateway.call('POST', `/jobs/${newId('job')}/cancel?wait=1s`, { body })).status).toBeGreaterThan(400);
    const text = await scrape();
    expect(text).not.toContain('route="GET /api/events"');
    expect(text).not.toContain('/cancel"');
    expect(text).toMatch(/necrocode_http_requests_total\{method="POST",status="[45]xx"\} 1\n/);
  });
});

describe('a request', () => {
  it('to nowhere is answered with a problem that names the path', async () => {
    expect(await problem(await gateway.call('GET', '/nothing-here?x=1'))).toMatchObject({
      status: 404,
      code: 'route-not-found',
      message: 'There is nothing at /api/nothing-here.',
    });
    expect((await gateway.call('PUT', '/jobs')).status).toBe(404);
  });

  it('with a malformed URL is a problem too', async () => {
    const response = await gateway.call('GET', '/jobs/%zz');
    expect(await problem(response)).toMatchObject({ status: 400, mediaType: 'application/problem+json' });
  });

  it.each([
    ['/jobs/nonsense', 'job_…'],
    [`/jobs/${newId('task')}`, 'job_…'],
    ['/jobs/job_../events', 'job_…'],
    ['/cancellations/can_1', 'can_…'],
    ['/tasks/task_%00', 'task_…'],
  ])('for a malformed id says what an id looks like: %s', async (path, form) => {
    const answer = await problem(await gateway.call('GET', path));
    expect(answer).toMatchObject({ status: 400, code: 'malformed-id' });
    expect(answer.message).toContain(form);
  });

  it.each([
    ['GET', `/jobs/${newId('job')}`, 'job-not-found'],
    ['GET', `/jobs/${newId('job')}/cancellation-status`, 'job-not-found'],
    ['GET', `/jobs/${newId('job')}/events`, 'job-not-found'],
    ['GET', `/jobs/${newId('job')}/logs`, 'job-not-found'],
    ['GET', `/jobs/${newId('job')}/artifacts`, 'job-not-found'],
    ['GET', `/cancellations/${newId('can')}`, 'cancellation-not-found'],
    ['GET', `/cancellations/${newId('can')}/events`, 'cancellation-not-found'],
    ['GET', `/cancellations/${newId('can')}/replay`, 'cancellation-not-found'],
    ['GET', `/cancellations/${newId('can')}/certificate`, 'cancellation-not-found'],
  ])('%s %s of an unknown id is 404 with a code', async (method, path, code) => {
    expect(await problem(await gateway.call(method, path))).toMatchObject({ status: 404, code });
  });

  it.each([
    ['/jobs?state=dead', 'state'],
    ['/jobs?label=novalue', 'label'],
    ['/jobs?limit=0', 'limit'],
    ['/jobs?limit=many', 'limit'],
    ['/jobs?cursor=***', 'cursor'],
    ['/jobs?cursor=bm9uc2Vuc2U', 'cursor'],
    ['/jobs?queue=%00', 'queue'],
    ['/jobs?colour=red', 'colour'],
    ['/cancellations?status=gone', 'status'],
    ['/cancellations?jobId=1', 'jobId'],
    ['/cancellations?offset=-1', 'offset'],
  ])('%s is refused, naming the parameter', async (path, field) => {
    const answer = await problem(await gateway.call('GET', path));
    expect(answer).toMatchObject({ status: 400, code: 'validation-failed' });
    expect(answer).toHaveProperty('fields.0.path', field);
  });

  it('goes on in its trace, and the answer and the problem say in which', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const response = await gateway.call('GET', '/nothing', {
      headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, 'x-request-id': 'mine-1' },
    });
    expect(response.headers.get('traceparent')).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    expect(response.headers.get('x-request-id')).toBe('mine-1');
    expect(await response.json()).toMatchObject({ traceId });
  });

  it('with a trace or request id that is none gets a new one', async () => {
    const response = await gateway.call('GET', '/jobs', {
      headers: { traceparent: 'nonsense', 'x-request-id': 'a b' },
    });
    const [, traceId = ''] = response.headers.get('traceparent')?.split('-') ?? [];
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(response.headers.get('x-request-id')).toBe(traceId);
  });

  it('is answered with headers that let nothing be framed, sniffed, cached or run', async () => {
    for (const path of ['/jobs', '/nothing', '/docs']) {
      const { headers } = await gateway.call('GET', path);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });
});
