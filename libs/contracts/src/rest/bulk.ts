import { type BulkStatus, type BulkTarget, OPEN_JOB_STATUSES, QUEUE_MODES } from '@necrocode/domain';
import { z } from 'zod';
import { batchId, cancellationId, jobId, timestamp } from '../ids/ids.js';
import { action } from './action.js';
import { cancelJobBody } from './cancel.js';
import { cancellationReason } from './certificate.js';
import { artifactPolicy, gracePeriodMs, stopSignal } from './job-spec.js';

const count = z.int().min(0);
const name = z
  .string()
  .min(1)
  .max(200)
  .refine((value) => !value.includes('\0'), 'must not contain a NUL character');

/** Everything that is given must fit; one that gives nothing matches nothing. */
const jobSelector = z.strictObject({
  labels: z.record(z.string().max(100), z.string().max(200)).optional(),
  queue: name.optional(),
  owner: name.optional(),
  states: z.array(z.enum(OPEN_JOB_STATUSES)).min(1).optional(),
  /** Submitted at least so long ago. */
  olderThanMs: z.int().min(0).max(3_155_760_000_000).optional(),
});

export const bulkTarget = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('batch'), batchId }),
    z.strictObject({ kind: z.literal('queue'), queue: name, mode: z.enum(QUEUE_MODES).default('all') }),
    z.strictObject({ kind: z.literal('selector'), selector: jobSelector }),
  ])
  .meta({ id: 'BulkTarget' }) satisfies z.ZodType<BulkTarget>;

/** `POST /cancellations`. */
export const bulkCancelBody = z.strictObject({
  ...cancelJobBody.shape,
  target: bulkTarget,
  /** Answers with what would be cancelled, and stores nothing. */
  dryRun: z.boolean().default(false),
  /** Of a dry run: fails when anything has changed since. */
  planToken: z.string().max(1_000).optional(),
  /** Fails when the number of jobs is another. Many jobs at once need this or the token. */
  expectedCount: count.optional(),
});

export const bulkPlan = z
  .object({
    targets: count,
    /** Nothing of them was ever assigned: they end at once. */
    waiting: count,
    /** Each of these gets a cancellation of its own. */
    started: count,
    /** What is submitted later is no target. */
    snapshotAt: timestamp,
    digest: z.string(),
  })
  .meta({ id: 'BulkPlan' });

/** What became of the targets so far; they add up to `planned`. */
const targetCounts = z.object({
  planned: count,
  cancelled: count,
  /** Of the cancelled ones. */
  neverStarted: count,
  /** Ended before they were reached: by themselves, or by another cancellation. */
  alreadyEnded: count,
  /** Their own cancellations were there before, and were undone: these jobs go on. */
  undone: count,
  partial: count,
  unconfirmed: count,
  /** Left alone because of an abort. */
  notReached: count,
  pending: count,
});

export const bulkStatus = z.enum([
  'in-progress',
  'completed',
  'partial',
  'unconfirmed',
  'aborted',
]) satisfies z.ZodType<BulkStatus>;

export const bulkCertificate = z
  .object({
    cancellationId: z.string(),
    outcome: z.enum(['completed', 'partial', 'unconfirmed', 'aborted']),
    target: bulkTarget,
    requestedBy: z.string(),
    reason: cancellationReason,
    requestedAt: timestamp,
    acknowledgedAfterMs: z.number(),
    completedAfterMs: z.number(),
    plan: bulkPlan,
    targets: targetCounts,
    executions: z.object({ ended: count, forced: count }),
    traceId: z.string().nullable(),
    streamHash: z.string(),
  })
  .meta({ id: 'BulkCertificate' });

/** A bulk cancellation in a list. */
export const bulkSummary = z
  .object({
    cancellationId,
    kind: z.literal('bulk'),
    target: bulkTarget,
    status: bulkStatus,
    reason: cancellationReason,
    requestedBy: z.string(),
    requestedAt: timestamp,
    /** When the outcome in `status` was reached; null before there is one. */
    endedAt: timestamp.nullable(),
    /** Jobs it means. */
    planned: count,
    /** Of these; null while it is under way. */
    cancelled: count.nullable(),
  })
  .meta({ id: 'BulkSummary' });

/** A bulk cancellation, folded from its events: never behind. */
export const bulkResource = z
  .object({
    cancellationId,
    kind: z.literal('bulk'),
    target: bulkTarget,
    status: bulkStatus,
    options: z.object({
      force: z.boolean(),
      gracePeriodMs: gracePeriodMs.nullable(),
      signal: stopSignal.nullable(),
      artifacts: artifactPolicy.nullable(),
    }),
    reason: cancellationReason,
    requestedBy: z.string(),
    requestedAt: timestamp,
    endedAt: timestamp.nullable(),
    abortedBy: z.string().nullable(),
    plan: bulkPlan,
    targets: targetCounts,
    lastEvidenceAt: timestamp,
    /** Nothing new for a while of what the bulk itself does; cancellations of single jobs say so themselves. */
    stalled: z.boolean(),
    waitingFor: z.array(z.string()),
    certificate: bulkCertificate.nullable(),
    actions: z.array(action),
    links: z.object({ self: z.string(), targets: z.string(), certificate: z.string() }),
  })
  .meta({ id: 'BulkCancellation' });

export const bulkTargetResource = z
  .object({
    jobId,
    outcome: z.enum([
      'pending',
      'stopping',
      'cancelled',
      'not-reached',
      'already-ended',
      'already-completed',
      'already-failed',
      'already-cancelled',
      'undone',
      'partial',
      'unconfirmed',
    ]),
    neverStarted: z.boolean(),
    /** The cancellation that ended it or is ending it: the bulk itself, that of the job, or another that was first. */
    cancellationId: cancellationId.nullable(),
  })
  .meta({ id: 'BulkTargetOutcome' });

/** In the order of the plan. */
export const bulkTargetPage = z
  .object({ items: z.array(bulkTargetResource), total: count, limit: count, offset: count })
  .meta({ id: 'BulkTargetPage' });

export const bulkTargetsQuery = z.strictObject({
  outcome: bulkTargetResource.shape.outcome.optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  offset: z.coerce.number().int().min(0).default(0),
});

/** How a request for a bulk stands. */
export const bulkResult = z
  .object({
    result: z.enum(['accepted', 'nothing-matched', 'planned']),
    /** null when nothing was stored. */
    cancellationId: cancellationId.nullable(),
    message: z.string(),
    plan: bulkPlan,
    /** Of a dry run: stands for exactly this plan. */
    planToken: z.string().nullable(),
    /** Of a dry run: the first of the jobs. */
    jobIds: z.array(jobId),
    links: z.object({ self: z.string(), targets: z.string() }).nullable(),
    /** Only when the request asked to wait. */
    cancellation: bulkResource.nullable(),
  })
  .meta({ id: 'BulkResult' });

export const abortResult = z.object({ aborted: z.boolean(), cancellation: bulkResource }).meta({ id: 'AbortResult' });

export type BulkCancelBody = z.infer<typeof bulkCancelBody>;
/** As a caller may write it. */
export type BulkCancelInput = z.input<typeof bulkCancelBody>;
export type BulkResource = z.infer<typeof bulkResource>;
export type BulkSummary = z.infer<typeof bulkSummary>;
export type BulkResult = z.infer<typeof bulkResult>;
export type BulkTargetPage = z.infer<typeof bulkTargetPage>;
export type BulkTargetsQuery = z.infer<typeof bulkTargetsQuery>;
export type AbortResult = z.infer<typeof abortResult>;
