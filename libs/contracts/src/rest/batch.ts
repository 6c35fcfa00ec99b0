import { z } from 'zod';
import { batchId, jobId } from '../ids/ids.js';
import { JOB_LIMITS, submitJobBody } from './job-spec.js';

/** `POST /batches`: many jobs at once, all of them or none. */
export const submitBatchBody = z.strictObject({
  jobs: z.array(submitJobBody).min(1, 'a batch needs at least one job').max(JOB_LIMITS.jobsPerBatch),
});

/** The answer to `POST /batches`. */
export const submittedBatch = z
  .object({
    batchId,
    /** The same key and body had been sent before: this is the batch of that time. */
    repeated: z.boolean(),
    /** In the order they were given. */
    jobIds: z.array(jobId),
    links: z.object({ jobs: z.string() }),
  })
  .meta({ id: 'SubmittedBatch' });

export type SubmitBatchBody = z.infer<typeof submitBatchBody>;
/** As a caller may write it. */
export type SubmitBatchInput = z.input<typeof submitBatchBody>;
export type SubmittedBatch = z.infer<typeof submittedBatch>;
