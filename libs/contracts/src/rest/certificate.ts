import { type CancellationTarget, CASCADES, type Certificate, STEPS } from '@necrocode/domain';
import { z } from 'zod';
import { jobId, taskId, timestamp } from '../ids/ids.js';
import { containment, signalEvidence } from '../runner/schemas.js';
import { reasonCode } from './cancel.js';
import { taskStatus } from './job-resource.js';

const count = z.int().min(0);

export const cancellationTarget = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('job'), jobId }),
    z.object({ kind: z.literal('task'), jobId, taskId, cascade: z.enum(CASCADES) }),
  ])
  .meta({ id: 'CancellationTarget' }) satisfies z.ZodType<CancellationTarget>;

export const cancellationReason = z.object({ code: reasonCode, text: z.string() });

/** A task that depends on a cancelled one and was not cancelled with it is skipped, or goes on as if nothing had happened. */
export const sparedFate = z.enum(['skipped', 'goes-on']);

/** The proof of a cancellation. */
export const certificate = z
  .object({
    cancellationId: z.string(),
    outcome: z.enum(['completed', 'partial', 'unconfirmed']),
    target: cancellationTarget,
    requestedBy: z.string(),
    reason: cancellationReason,
    requestedAt: timestamp,
    acknowledgedAfterMs: z.number(),
    lastProcessGoneAfterMs: z.number().nullable(),
    completedAfterMs: z.number(),
    tasks: z.object({
      cancelled: count,
      neverStarted: count,
      completedBefore: count,
      failedBefore: count,
      skipped: count,
    }),
    /** What depends on the cancelled task and was left alone; absent when there is nothing. */
    spared: z.array(z.object({ task: z.string(), fate: sparedFate })).exactOptional(),
    /** What ran when everything else was proven gone, and how it ended; absent where there was nothing. */
    finalizers: z.array(z.object({ task: z.string(), status: taskStatus })).exactOptional(),
    executions: z.array(
      z.object({
        executionId: z.string(),
        task: z.string(),
        finalizer: z.literal(true).exactOptional(),
        runner: z.string(),
        containment: containment.nullable(),
        assurance: z.enum(['kernel', 'swept', 'unconfirmed']),
        signals: z.array(signalEvidence),
        forced: z.boolean(),
        exit: z.object({ code: z.int().nullable(), signal: z.string().nullable() }),
        started: z.boolean(),
        peakProcesses: count,
        survivors: count,
        provenGoneAt: timestamp.nullable(),
      }),
    ),
    slots: z.object({ released: count, held: count }),
    artifacts: z.object({
      kept: count,
      quarantined: count,
      deleted: count,
      filesRemoved: count,
      bytesFreed: count,
    }),
    verification: z.object({
      passes: count,
      survivors: count,
      heldSlots: count,
      openStates: count,
      leftFiles: count,
    }),
    /** Of an interim outcome: what was not done, and why. */
    left: z.array(z.object({ step: z.enum(STEPS), code: z.string(), message: z.string() })).exactOptional(),
    traceId: z.string().nullable(),
    streamHash: z.string(),
  })
  .meta({ id: 'Certificate' }) satisfies z.ZodType<Certificate>;

/** As it travels; the domain's `Certificate` with mutable arrays. */
export type CertificateResource = z.infer<typeof certificate>;
