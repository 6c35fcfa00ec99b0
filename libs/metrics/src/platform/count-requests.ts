import type { Metrics } from '../define/metrics.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'other'] as const;
const CLASSES = ['2xx', '3xx', '4xx', '5xx'] as const;

export interface AnsweredRequest {
  readonly method: string;
  /** As it is registered, ids as parameters: `/api/jobs/:jobId`; null for a path that is none of ours. */
  readonly route: string | null;
  readonly status: number;
  /** null: it was open for as long as its client wished. */
  readonly tookMs: number | null;
}

/** @param routes every route there is, with its method: `GET /api/jobs/:jobId` */
export function countRequests(metrics: Metrics, routes: readonly string[]): (request: AnsweredRequest) => void {
  const count = metrics.counter({
    name: 'necrocode_http_requests_total',
    help: 'Requests of the API whose answer was sent to its end',
    labels: { method: METHODS, status: CLASSES },
  });
  const took = metrics.durations({
    name: 'necrocode_http_request_duration_seconds',
    help: 'From a request being in hand to the end of its answer; without event streams and what was asked to wait',
    labels: { route: [...routes, OTHER_ROUTE], status: CLASSES },
    isSparse: true,
  });
  return ({ method, route, status, tookMs }) => {
    const known = METHODS.find((each) => each === method) ?? 'other';
    const grade = CLASSES.find((each) => each.startsWith(String(status).slice(0, 1))) ?? '5xx';
    count({ method: known, status: grade });
    if (tookMs === null) return;
    took({ route: route === null ? OTHER_ROUTE : `${known} ${route}`, status: grade }, tookMs);
  };
}

/** All that is asked for where nothing is. */
const OTHER_ROUTE = 'other';
