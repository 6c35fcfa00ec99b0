import type { Job } from '@necrocode/domain';
import { z } from 'zod';

/** Where a job submitted through the queue API keeps, in its metadata, what only that API has. */
export const QUEUED_AS = 'queueItem';

const queuedAs = z.object({
  /** As the client wrote it. */
  batchId: z.string(),
  graphId: z.string().nullable(),
  /** Node ids that could not be keys of tasks, by the keys they were given. */
  nodeIds: z.record(z.string(), z.string()),
  fieldValues: z.array(z.object({ node_path: z.string(), field_name: z.string(), value: z.unknown() })),
  workflow: z.unknown(),
});
export type QueuedAs = z.infer<typeof queuedAs>;

/** null for a job that came another way. */
export function queuedAsOf({ spec }: Pick<Job, 'spec'>): QueuedAs | null {
  return queuedAs.safeParse(spec.metadata[QUEUED_AS]).data ?? null;
}
