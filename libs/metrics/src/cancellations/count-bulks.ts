import type { BulkEvent, CancellationId } from '@necrocode/domain';
import type { Metrics } from '../define/metrics.js';
import type { Requests } from './declare-requests.js';

const OUTCOMES = ['completed', 'partial', 'unconfirmed', 'aborted'] as const;

/** What one append did to a bulk. */
export interface BulkProgress {
  readonly cancellationId: CancellationId;
  readonly events: readonly BulkEvent[];
  readonly recordedAt: string;
  readonly traceparent?: string | undefined;
}

/** Counts bulks; what became of their members is counted with the members. */
export function countBulks(metrics: Metrics, requests: Requests) {
  const dequeued = metrics.counter({
    name: 'cancellation_bulk_dequeued_jobs_total',
    help: 'Jobs that a bulk ended while they waited',
  });
  const concluded = metrics.counter({
    name: 'cancellation_bulk_outcomes_total',
    help: 'Outcomes certified for bulks; partial and unconfirmed may be followed by another',
    labels: { outcome: OUTCOMES },
  });
  return ({ events, recordedAt }: BulkProgress): void => {
    for (const event of events) {
      switch (event.type) {
        case 'BulkRequested':
          requests.asked({ scope: 'bulk', reason: event.reason.code });
          requests.acknowledged({ scope: 'bulk' }, Math.max(0, Date.parse(recordedAt) - Date.parse(event.requestedAt)));
          break;
        case 'BulkChunkDequeued':
          dequeued({}, event.dequeued);
          break;
        case 'BulkConcluded':
          concluded({ outcome: event.certificate.outcome });
          if (event.certificate.outcome === 'completed')
            requests.completed({ scope: 'bulk' }, event.certificate.completedAfterMs);
          break;
        default: // Tells of the way.
      }
    }
  };
}
