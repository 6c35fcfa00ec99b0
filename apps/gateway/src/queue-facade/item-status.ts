import type { QueueItemStatus } from '@necrocode/contracts';
import type { JobStatus } from '@necrocode/domain';

/** What stands behind InvokeAI's words. What is being cancelled still runs: `canceled` is said when it does not. */
const MEANINGS = {
  pending: ['queued'],
  in_progress: ['running', 'retrying', 'cancelling'],
  waiting: [],
  completed: ['completed'],
  failed: ['failed'],
  canceled: ['cancelled'],
} as const satisfies Record<QueueItemStatus, readonly JobStatus[]>;

export function itemStatus(status: JobStatus): QueueItemStatus {
  switch (status) {
    case 'queued':
      return 'pending';
    case 'running':
    case 'retrying':
    case 'cancelling':
      return 'in_progress';
    case 'completed':
    case 'failed':
      return status;
    case 'cancelled':
      return 'canceled';
    default:
      return status satisfies never;
  }
}

export function jobStatuses(status: QueueItemStatus): readonly JobStatus[] {
  return MEANINGS[status];
}

export type ItemCounts = Record<QueueItemStatus | 'total', number>;

export function countItems(jobs: readonly { readonly status: JobStatus; readonly count: number }[]): ItemCounts {
  const counts = { pending: 0, in_progress: 0, waiting: 0, completed: 0, failed: 0, canceled: 0, total: 0 };
  for (const { status, count } of jobs) {
    counts[itemStatus(status)] += count;
    counts.total += count;
  }
  return counts;
}
