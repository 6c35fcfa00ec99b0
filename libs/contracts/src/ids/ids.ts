import type {
  BatchId,
  CancellationId,
  ExecutionId,
  JobId,
  RunnerId,
  SlotId,
  TaskId,
  WebhookId,
} from '@necrocode/domain';
import { z } from 'zod';

/** A TypeID: prefix, underscore, a UUID in 26 characters of base32. The check is what makes the brand true. */
function id<Id extends string>(prefix: string) {
  const form = new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`);
  return z.custom<Id>((value) => typeof value === 'string' && form.test(value), {
    error: `must be an id of the form ${prefix}_ and 26 characters`,
  });
}

export const jobId = id<JobId>('job');
export const taskId = id<TaskId>('task');
export const executionId = id<ExecutionId>('exe');
export const runnerId = id<RunnerId>('run');
export const cancellationId = id<CancellationId>('can');
export const batchId = id<BatchId>('batch');
export const webhookId = id<WebhookId>('hook');
export const slotId = z.custom<SlotId>(
  (value) => typeof value === 'string' && /^run_[0-9a-z]{26}\/[\w.-]+\/\d+$/.test(value),
  {
    error: 'must be a slot id of the form <runner id>/<pool>/<number>',
  },
);
export const timestamp = z.iso.datetime();
