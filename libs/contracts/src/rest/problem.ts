import { z } from 'zod';

/** `application/problem+json` (RFC 9457) with what a caller needs to go on. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    /** Stable; from the error catalog. */
    code: z.string(),
    message: z.string(),
    hint: z.string(),
    retryable: z.boolean(),
    category: z.string(),
    retryAfterMs: z.int().optional(),
    /** Faults of a request body, each with its path, for example `tasks.2.dependsOn.0`. */
    fields: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    traceId: z.string().optional(),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problemSchema>;
