import { describe, expect, it } from '@jest/globals';
import { Metrics } from '../define/metrics.js';
import { countRequests } from './count-requests.js';

const ROUTE = 'GET /api/jobs/:jobId';
const scene = () => {
  const metrics = new Metrics();
  return { metrics, count: countRequests(metrics, [ROUTE]) };
};
const request = { method: 'GET', route: '/api/jobs/:jobId', status: 200, tookMs: 4 };

describe('a request', () => {
  it('is counted by method and class of its answer, and timed by its route', async () => {
    const { metrics, count } = scene();
    count(request);
    count({ ...request, status: 503 });
    const text = await metrics.exposition();
    expect(text).toContain('necrocode_http_requests_total{method="GET",status="2xx"} 1\n');
    expect(text).toContain('necrocode_http_requests_total{method="GET",status="5xx"} 1\n');
    expect(text).toContain(`necrocode_http_request_duration_seconds_count{route="${ROUTE}",status="2xx"} 1\n`);
  });

  it('that was open for as long as its client wished is not timed', async () => {
    const { metrics, count } = scene();
    count({ ...request, tookMs: null });
    const text = await metrics.exposition();
    expect(text).toContain('necrocode_http_requests_total{method="GET",status="2xx"} 1\n');
    expect(text).not.toContain('necrocode_http_request_duration_seconds_count{');
  });

  it('makes no series of what its client made up', async () => {
    const { metrics, count } = scene();
    for (const made of ['a', 'b', 'c']) count({ ...request, method: `MADE-${made}`, route: null, status: 404 });
    const text = await metrics.exposition();
    expect(text).toContain('necrocode_http_requests_total{method="other",status="4xx"} 3\n');
    expect(text).toContain('necrocode_http_request_duration_seconds_count{route="other",status="4xx"} 3\n');
    expect(text).not.toContain('MADE');
  });

  it('can fail for the first time and be heard: every count is there before', async () => {
    expect(await scene().metrics.exposition()).toContain('necrocode_http_requests_total{method="POST",status="5xx"} 0');
  });
});
