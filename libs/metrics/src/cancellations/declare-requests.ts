import { REASON_CODES } from '@necrocode/domain';
import type { Metrics } from '../define/metrics.js';

const SCOPES = ['job', 'task', 'bulk'] as const;

export type Requests = ReturnType<typeof declareRequests>;

/** What single cancellations and bulks are counted by alike. A member of a bulk is no request: its bulk is one. */
export function declareRequests(metrics: Metrics) {
  return {
    asked: metrics.counter({
      name: 'cancellation_requests_total',
      help: 'Cancellations accepted, a bulk counting as one; requests that joined one are not among them',
      labels: { scope: SCOPES, reason: REASON_CODES },
    }),
    joined: metrics.counter({
      name: 'cancellation_joins_total',
      help: 'Requests that joined a cancellation of the same target',
    }),
    acknowledged: metrics.durations({
      name: 'cancellation_acknowledge_seconds',
      help: "From the request in the gateway's hand to its durable record",
      labels: { scope: SCOPES },
    }),
    completed: metrics.durations({
      name: 'cancellation_duration_seconds',
      help: 'From the request to the certificate that says it is proven; members of a bulk are in their own scope too',
      labels: { scope: SCOPES },
    }),
  };
}
