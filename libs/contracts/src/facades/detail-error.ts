import { z } from 'zod';

/** What is wrong, as servers built on FastAPI say it; `necrocode` has what their clients do not look for. */
export const detailError = z
  .object({
    detail: z.union([
      z.string(),
      z.array(z.object({ type: z.string(), loc: z.array(z.union([z.string(), z.int()])), msg: z.string() })),
    ]),
    necrocode: z.object({ code: z.string(), hint: z.string(), retryable: z.boolean() }),
  })
  .meta({ id: 'DetailError' });

export type DetailError = z.infer<typeof detailError>;
