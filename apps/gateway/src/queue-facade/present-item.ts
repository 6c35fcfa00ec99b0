import type { QueueItem, QueueItemSummary, QueueItemWithoutNulls } from '@necrocode/contracts';
import type { Job } from '@necrocode/domain';
import { itemStatus } from './item-status.js';
import { presentSession } from './present-session.js';
import { queuedAsOf } from './queued-as.js';

/** A job and its place in the queue's numbering: the position of its submission, an integer nobody else has. */
export interface Item {
  readonly itemId: number;
  readonly job: Job;
  /** Events of the job so far. */
  readonly version: number;
  readonly updatedAt: string;
  /** The number of the item it does again. */
  readonly retriedFrom: number | null;
}

export function presentItem(item: Item): QueueItem {
  return {
    ...summariseItem(item),
    session: presentSession(item.job),
    workflow: queuedAsOf(item.job)?.workflow ?? null,
  };
}

export function summariseItem({ itemId, job, version, updatedAt, retriedFrom }: Item): QueueItemSummary {
  const { spec, jobId, status, error } = job;
  const queued = queuedAsOf(job);
  return {
    item_id: itemId,
    status: itemStatus(status),
    status_sequence: version,
    priority: spec.priority,
    batch_id: queued?.batchId ?? spec.batchId ?? jobId,
    queue_id: spec.queue,
    session_id: jobId,
    origin: spec.labels['origin'] ?? null,
    destination: spec.labels['destination'] ?? null,
    error_type: error?.code ?? null,
    error_message: error?.message ?? null,
    error_traceback: null,
    created_at: timeOf(job.submittedAt),
    updated_at: timeOf(updatedAt),
    started_at: job.startedAt === null ? null : timeOf(job.startedAt),
    completed_at: job.endedAt === null ? null : timeOf(job.endedAt),
    user_id: 'system',
    field_values: queued ? [...queued.fieldValues] : null,
    retried_from_item_id: retriedFrom,
    user_display_name: null,
    user_email: null,
    device: null,
    workflow_call_id: null,
    parent_item_id: null,
    parent_session_id: null,
    root_item_id: null,
    workflow_call_depth: null,
    necrocode: { job_id: jobId, cancellation_id: job.cancellations.at(-1)?.cancellationId ?? null },
  };
}

/** InvokeAI leaves null out where it answers with one item. */
export function withoutNulls(item: QueueItem): QueueItemWithoutNulls {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null));
}

/** `2026-01-01T00:00:00.000Z` → `2026-01-01 00:00:00.000` */
function timeOf(timestamp: string): string {
  return new Date(timestamp).toISOString().replace('T', ' ').slice(0, -1);
}
