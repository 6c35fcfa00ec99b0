import { STEPS, type CancellationStatus } from '@necrocode/domain';
import { z } from 'zod';
import { cancellationId, executionId, jobId, runnerId, taskId, timestamp } from '../ids/ids.js';
import { codedError, containment, signalEvidence } from '../runner/schemas.js';
import { action } from './action.js';
import { cancellationReason, cancellationTarget, certificate, sparedFate } from './certificate.js';
import { artifactPolicy, gracePeriodMs, stopSignal } from './job-spec.js';
import { cancellationPlan } from './plan-resource.js';

const count = z.int().min(0);

export const cancellationStatus = z.enum([
  'requested',
  'in-progress',
  'completed',
  'partial',
  'unconfirmed',
  'undone',
]) satisfies z.ZodType<CancellationStatus>;

/**
 * What may truthfully be said: `requested` (stored), `stopping` (signals sent), `forced` (SIGKILL used), `cancelled` —
 * only with a certificate whose outcome is `completed`. `undone`: everything that was held goes on.
 */
export const cancellationWord = z.enum(['requested', 'stopping', 'forced', 'cancelled', 'undone']);

export const cancellationStep = z
  .object({
    step: z.enum(STEPS),
    status: z.enum(['waiting', 'open', 'completed']),
    /** Failures so far; the step is driven again until it is done. */
    attempts: count,
    startedAt: timestamp.nullable(),
    completedAt: timestamp.nullable(),
    durationMs: z.number().nullable(),
    evidence: z.record(z.string(), z.union([z.string(), z.number()])).nullable(),
    lastError: codedError.nullable(),
  })
  .meta({ id: 'CancellationStep' });

/** One execution that is being ended. */
export const cancellationExecution = z
  .object({
    executionId,
    taskId,
    task: z.string(),
    runnerId,
    /** `unconfirmed`: its runner is gone, nobody saw the end. */
    status: z.enum(['requested', 'stopping', 'forced', 'ended', 'unconfirmed']),
    signals: z.array(signalEvidence),
    forced: z.boolean(),
    exit: z.object({ code: z.int().nullable(), signal: z.string().nullable() }).nullable(),
    containment: containment.nullable(),
    assurance: z.enum(['kernel', 'swept', 'unconfirmed']).nullable(),
    peakProcesses: count.nullable(),
    survivors: count.nullable(),
    provenGoneAt: timestamp.nullable(),
  })
  .meta({ id: 'CancellationExecution' });

const summary = {
  cancellationId,
  jobId,
  /** null when the whole job is the target. */
  taskId: taskId.nullable(),
  status: cancellationStatus,
  word: cancellationWord,
  reason: cancellationReason,
  requestedBy: z.string(),
  requestedAt: timestamp,
  /** When the outcome in `status` was reached; null before there is one. */
  endedAt: timestamp.nullable(),
};

/** A cancellation in a list. */
export const cancellationSummary = z
  .object({
    ...summary,
    /** The bulk that opened it; null for one that was asked for by itself. */
    bulkId: cancellationId.nullable(),
    stepsCompleted: count,
    stepsTotal: count,
    /** The first step under way; null when none is. */
    currentStep: z.enum(STEPS).nullable(),
  })
  .meta({ id: 'CancellationSummary' });

/** A cancellation with every step, folded from its events: never behind. */
export const cancellationResource = z
  .object({
    ...summary,
    target: cancellationTarget,
    options: z.object({
      force: z.boolean(),
      gracePeriodMs: gracePeriodMs.nullable(),
      signal: stopSignal.nullable(),
      artifacts: artifactPolicy.nullable(),
      /** A later request for less grace: no execution gets more than this. */
      graceLimitMs: gracePeriodMs.optional(),
    }),
    steps: z.array(cancellationStep),
    progress: z.object({
      stepsCompleted: count,
      stepsTotal: count,
      executionsEnded: count,
      executionsForced: count,
      executionsUnconfirmed: count,
      executionsTotal: count,
    }),
    executions: z.array(cancellationExecution),
    /** What depends on the target task and is left alone: known with the plan. */
    spared: z.array(z.object({ taskId, task: z.string(), fate: sparedFate })),
    /** The last error of each step that has failed, whether or not it has worked since. */
    errors: z.array(codedError.extend({ step: z.enum(STEPS), attempts: count })),
    /** No new evidence for longer than the grace period explains. */
    stalled: z.boolean(),
    /** When something last changed that is not a failed attempt. */
    lastEvidenceAt: timestamp,
    /** What is not true yet, in words; empty when completed. */
    waitingFor: z.array(z.string()),
    /** The undo window; null when none was asked for. `holding`: it is open, and everything that is held can go on. */
    undo: z
      .object({
        until: timestamp,
        phase: z.enum(['holding', 'undoing', 'undone', 'closed']),
        /** Tasks that are not dispatched; null before the dispatcher has answered. */
        parkedTasks: count.nullable(),
        executions: count,
        frozenExecutions: count,
      })
      .nullable(),
    /** When an open step is tried again, and for which time; null when none has failed or it is not known. */
    nextDrive: z.object({ at: timestamp, attempt: count }).nullable(),
    /** Events folded into this answer; the highest `at` of a replay. */
    version: count,
    certificate: certificate.nullable(),
    actions: z.array(action),
    links: z.object({
      self: z.string(),
      events: z.string(),
      replay: z.string(),
      trace: z.string(),
      certificate: z.string(),
    }),
  })
  .meta({ id: 'Cancellation' });

/** How a request to cancel stands. */
export const cancellationResult = z
  .object({
    result: z.enum([
      /** A dry run: nothing was stored. */
      'planned',
      'accepted',
      'joined',
      'already-completed',
      'already-failed',
      'already-cancelled',
      'already-skipped',
    ]),
    jobId,
    taskId: taskId.nullable(),
    /** The cancellation that does the work or did it; null when there never was one. */
    cancellationId: cancellationId.nullable(),
    /** In words, no more than is known. */
    message: z.string(),
    /** Where to look; null without a cancellation. */
    links: z.object({ self: z.string(), events: z.string(), certificate: z.string() }).nullable(),
    /** Only when the request asked to wait: the cancellation as it stood when the wait was over. */
    cancellation: cancellationResource.nullable(),
    /** Of a dry run: what would be done. */
    plan: cancellationPlan.nullable(),
  })
  .meta({ id: 'CancellationResult' });

export type CancellationWord = z.infer<typeof cancellationWord>;
export type CancellationSummary = z.infer<typeof cancellationSummary>;
export type CancellationResource = z.infer<typeof cancellationResource>;
export type CancellationExecution = z.infer<typeof cancellationExecution>;
export type CancellationStepResource = z.infer<typeof cancellationStep>;
export type CancellationResult = z.infer<typeof cancellationResult>;
