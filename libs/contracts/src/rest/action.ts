import { z } from 'zod';

/** Something a caller may want to do with a resource, and why it cannot be done now; null when it can. */
export const action = z
  .object({
    action: z.enum(['abort', 'cancel', 'drain', 'fetch-certificate', 'retry', 'trust', 'undo']),
    possible: z.boolean(),
    because: z.string().nullable(),
  })
  .meta({ id: 'Action' });

export type Action = z.infer<typeof action>;
