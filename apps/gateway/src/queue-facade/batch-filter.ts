import { batchId as batchIdSchema, jobId as jobIdSchema } from '@necrocode/contracts';
import type { BatchId } from '@necrocode/domain';
import { idOf } from '@necrocode/service-kit';
import { uuidOfKey } from '../http/idempotency-key.js';
import type { ItemFilter } from './item-rows.js';

/** Clients name their batches as they like: any text stands for one batch of ours. */
export function batchIdOf(text: string): BatchId {
  const own = batchIdSchema.safeParse(text);
  return own.success ? own.data : idOf('batch', uuidOfKey('queue', 'batch', text));
}

/** The items of a batch; a job submitted alone is a batch of itself, under its own id. */
export function batchFilter(queue: string, text: string): ItemFilter {
  const jobId = jobIdSchema.safeParse(text);
  return jobId.success ? { queue, jobId: jobId.data } : { queue, batchId: batchIdOf(text) };
}
