import { z } from 'zod';
import { json, submitJobBody } from '../rest/job-spec.js';

/** Items of one call; more are left out, as the answer's `enqueued` against `requested` shows. */
export const MOST_QUEUE_ITEMS = 1_000;

const text = z.string().min(1).max(200);

/** What a client sends beside these fields is left alone: InvokeAI's models do the same. */
const edgeEnd = z.object({ node_id: z.string(), field: z.string() });
const graph = z.object({
  id: z.string().optional(),
  nodes: z.record(z.string(), z.looseObject({ id: z.string(), type: z.string() })),
  edges: z.array(z.object({ source: edgeEnd, destination: edgeEnd })).default([]),
});

/** Values for one field of one node: one item of the queue for each. */
const batchDatum = z.object({ node_path: z.string(), field_name: z.string(), items: z.array(json).min(1) });

const batch = z
  .object({
    batch_id: text.nullish(),
    origin: text.nullish(),
    destination: text.nullish(),
    /** Those in one inner list go together; the outer lists are combined each with each. */
    data: z.array(z.array(batchDatum).min(1)).nullish(),
    graph: graph.optional(),
    /** Ours: job bodies as of `POST /api/jobs` instead of a graph. */
    jobs: z.array(submitJobBody).min(1).optional(),
    workflow: json.nullish(),
    runs: z.int().min(1).max(MOST_QUEUE_ITEMS).default(1),
  })
  .superRefine(({ graph: nodes, jobs, data }, context) => {
    const refuse = (path: (string | number)[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    if ((nodes === undefined) === (jobs === undefined)) refuse(['graph'], 'a batch needs a graph or jobs, not both');
    if (jobs && data) refuse(['data'], 'only with a graph');
    for (const [group, zipped] of (nodes ? (data ?? []) : []).entries()) {
      for (const [index, { node_path, items }] of zipped.entries()) {
        if (!nodes?.nodes[node_path]) refuse(['data', group, index, 'node_path'], `no node has the id "${node_path}"`);
        if (items.length !== zipped[0]?.items.length)
          refuse(['data', group, index, 'items'], 'lists that go together must have one length');
      }
    }
  });

/** `POST /api/v1/queue/{queue_id}/enqueue_batch` */
export const enqueueBatchBody = z.object({ batch, prepend: z.boolean().default(false) });

export const enqueueBatchResult = z
  .object({
    queue_id: z.string(),
    /** Fewer than asked for where more than 1,000 were. */
    enqueued: z.int().min(0),
    requested: z.int().min(0),
    batch: z.object({ batch_id: z.string() }).loose(),
    priority: z.int(),
    /** Newest first. */
    item_ids: z.array(z.int()),
  })
  .meta({ id: 'EnqueueBatchResult' });

export type EnqueueBatch = z.infer<typeof enqueueBatchBody>;
export type EnqueueBatchInput = z.input<typeof enqueueBatchBody>;
export type QueueGraph = z.infer<typeof graph>;
export type EnqueueBatchResult = z.infer<typeof enqueueBatchResult>;
