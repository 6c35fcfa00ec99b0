import { type Cascade, CASCADES, REASON_CODES } from '@necrocode/domain';
import { z } from 'zod';
import { artifactPolicy, gracePeriodMs, stopSignal } from './job-spec.js';

const LONGEST_UNDO_WINDOW_MS = 24 * 3_600_000;
/** Far above the token of the largest job. */
const LONGEST_TOKEN = 100_000;

export const reasonCode = z.enum(REASON_CODES);

/** `POST /jobs/{jobId}/cancel`. Everything is optional: an empty body cancels as the tasks themselves say. */
export const cancelJobBody = z.strictObject({
  reason: z.string().max(1_000).default(''),
  reasonCode: reasonCode.default('user-request'),
  force: z.boolean().default(false),
  gracePeriodMs: gracePeriodMs.optional(),
  signal: stopSignal.optional(),
  artifacts: artifactPolicy.optional(),
  /** For so long everything is only held (nothing starts, what runs stands still) and can be undone; then it is ended. */
  undoWindowMs: z.int().min(1).max(LONGEST_UNDO_WINDOW_MS).optional(),
  /** Answers with the exact plan and its token; stores nothing. */
  dryRun: z.boolean().default(false),
  /** Of a dry run: a conflict, naming what changed, unless the plan is still the same. */
  planToken: z
    .string()
    .max(LONGEST_TOKEN)
    .regex(/^[\w-]+$/, 'must be a planToken as a dry run gave it')
    .optional(),
});

/** `POST /tasks/{taskId}/cancel`. `true` and `false` stand for `dependents` and `none`. */
export const cancelTaskBody = cancelJobBody.extend({
  cascade: z
    .union([z.boolean(), z.enum(CASCADES)])
    .default('dependents')
    .transform((cascade): Cascade => (typeof cascade === 'string' ? cascade : cascade ? 'dependents' : 'none')),
});

export type CancelJobBody = z.infer<typeof cancelJobBody>;
export type CancelTaskBody = z.infer<typeof cancelTaskBody>;
/** As a caller may write them. */
export type CancelJobInput = z.input<typeof cancelJobBody>;
export type CancelTaskInput = z.input<typeof cancelTaskBody>;
