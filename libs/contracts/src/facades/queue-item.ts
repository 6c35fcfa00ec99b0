import { z } from 'zod';
import { cancellationId, jobId } from '../ids/ids.js';

/** InvokeAI's words, with one l. */
export const queueItemStatus = z.enum(['pending', 'in_progress', 'waiting', 'completed', 'failed', 'canceled']);

const fieldValues = z.array(z.object({ node_path: z.string(), field_name: z.string(), value: z.unknown() }));
const byNode = <Value extends z.ZodType>(value: Value) => z.record(z.string(), value);
const end = z.object({ node_id: z.string(), field: z.string() });
const graph = z.object({
  id: z.string(),
  nodes: byNode(z.looseObject({ id: z.string(), type: z.string() })),
  edges: z.array(z.object({ source: end, destination: end })),
});

const session = z.object({
  id: z.string(),
  graph,
  execution_graph: graph,
  executed: z.array(z.string()),
  executed_history: z.array(z.string()),
  results: byNode(z.unknown()),
  errors: byNode(z.string()),
  workflow_call_stack: z.array(z.unknown()),
  workflow_call_history: z.array(z.unknown()),
  prepared_source_mapping: byNode(z.string()),
  source_prepared_mapping: byNode(z.array(z.string())),
});

const summary = {
  item_id: z.int(),
  status: queueItemStatus,
  /** Grows with every change. */
  status_sequence: z.int(),
  priority: z.int(),
  batch_id: z.string(),
  queue_id: z.string(),
  session_id: z.string(),
  origin: z.string().nullable(),
  destination: z.string().nullable(),
  error_type: z.string().nullable(),
  error_message: z.string().nullable(),
  error_traceback: z.string().nullable(),
  /** `YYYY-MM-DD HH:MM:SS.mmm`, UTC. */
  created_at: z.string(),
  updated_at: z.string(),
  started_at: z.string().nullable(),
  completed_at: z.string().nullable(),
  user_id: z.string(),
  field_values: fieldValues.nullable(),
  /** The item this one does again. */
  retried_from_item_id: z.int().nullable(),
  /** What Necrocode has nothing to say about. */
  user_display_name: z.null(),
  user_email: z.null(),
  device: z.null(),
  workflow_call_id: z.null(),
  parent_item_id: z.null(),
  parent_session_id: z.null(),
  root_item_id: z.null(),
  workflow_call_depth: z.null(),
  /** Ours: what the item really is. */
  necrocode: z.object({ job_id: jobId, cancellation_id: cancellationId.nullable() }),
};

export const queueItemSummary = z.object(summary).meta({ id: 'SessionQueueItemSummary' });
export const queueItem = z.object({ ...summary, session, workflow: z.unknown() }).meta({ id: 'SessionQueueItem' });
/** One item alone comes without the keys that would be null. */
export const queueItemWithoutNulls = queueItem.partial().meta({ id: 'SessionQueueItemWithoutNulls' });

export const queueItemList = z
  .object({ limit: z.int(), has_more: z.boolean(), items: z.array(queueItem) })
  .meta({ id: 'SessionQueueItemList' });
export const queueItemIds = z
  .object({ item_ids: z.array(z.int()), total_count: z.int() })
  .meta({ id: 'SessionQueueItemIds' });

/** The answer to what cancels items. */
export const queueItemsCanceled = z.object({ canceled: z.int().min(0) }).meta({ id: 'QueueItemsCanceled' });
/** The answer to what deletes items. */
export const queueItemsDeleted = z.object({ deleted: z.int().min(0) }).meta({ id: 'QueueItemsDeleted' });
/** The answer to `retry_items_by_id`: the items that are done again, by their old numbers. */
export const queueItemsRetried = z
  .object({ queue_id: z.string(), retried_item_ids: z.array(z.int()) })
  .meta({ id: 'RetryItemsResult' });

const counts = {
  queue_id: z.string(),
  pending: z.int(),
  in_progress: z.int(),
  waiting: z.int(),
  completed: z.int(),
  failed: z.int(),
  canceled: z.int(),
  total: z.int(),
};
/** `is_started`: items begin. `is_processing`: one is in progress. */
export const processorStatus = z
  .object({ is_started: z.boolean(), is_processing: z.boolean() })
  .meta({ id: 'SessionProcessorStatus' });
export const queueStatus = z
  .object({
    queue: z.object({
      ...counts,
      item_id: z.int().nullable(),
      batch_id: z.string().nullable(),
      session_id: z.string().nullable(),
    }),
    processor: processorStatus,
  })
  .meta({ id: 'SessionQueueAndProcessorStatus' });
export const batchStatus = z
  .object({ ...counts, batch_id: z.string(), origin: z.string().nullable(), destination: z.string().nullable() })
  .meta({ id: 'BatchStatus' });
export const countsByDestination = z.object({ ...counts, destination: z.string() }).meta({ id: 'CountsByDestination' });

export type QueueItemStatus = z.infer<typeof queueItemStatus>;
export type QueueItemSummary = z.infer<typeof queueItemSummary>;
export type QueueItem = z.infer<typeof queueItem>;
export type QueueItemWithoutNulls = z.infer<typeof queueItemWithoutNulls>;
export type QueueItemList = z.infer<typeof queueItemList>;
export type QueueItemIds = z.infer<typeof queueItemIds>;
export type QueueItemsCanceled = z.infer<typeof queueItemsCanceled>;
export type QueueItemsDeleted = z.infer<typeof queueItemsDeleted>;
export type QueueItemsRetried = z.infer<typeof queueItemsRetried>;
export type QueueStatus = z.infer<typeof queueStatus>;
export type BatchStatus = z.infer<typeof batchStatus>;
export type CountsByDestination = z.infer<typeof countsByDestination>;
export type ProcessorStatus = z.infer<typeof processorStatus>;
