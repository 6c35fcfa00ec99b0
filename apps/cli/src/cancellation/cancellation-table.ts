import type { CancellationPage } from '@necrocode/contracts';
import { describeTarget } from '../bulk/show-bulk.js';
import { ago } from '../terminal/duration.js';
import { table } from '../terminal/table.js';

type Item = CancellationPage['items'][number];

/** Cancellations of jobs, tasks and bulks, one a line. */
export function cancellationTable(items: readonly Item[], width: number): string {
  const rows = items.map((item) => [
    item.cancellationId,
    item.status,
    progressOf(item),
    ago(item.requestedAt),
    item.requestedBy,
    item.reason.code,
    'kind' in item ? describeTarget(item.target) : (item.taskId ?? item.jobId),
    'kind' in item ? '' : (item.bulkId ?? ''),
    item.reason.text,
  ]);
  return table(['CANCELLATION', 'STATUS', 'DONE', 'REQUESTED', 'BY', 'REASON', 'OF', 'BULK', 'TEXT'], rows, width);
}

function progressOf(item: Item): string {
  if (!('kind' in item)) return `${item.stepsCompleted}/${item.stepsTotal}`;
  return `${item.cancelled ?? '?'}/${item.planned} jobs`;
}
