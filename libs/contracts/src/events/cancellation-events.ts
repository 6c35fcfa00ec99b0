import {
  type BulkEvent,
  type CancellationEvent,
  type CancellationOptions,
  type CancellationPlan,
  STEPS,
} from '@necrocode/domain';
import { z } from 'zod';
import { cancellationId, executionId, jobId, runnerId, taskId, timestamp } from '../ids/ids.js';
import { bulkCertificate, bulkPlan, bulkTarget } from '../rest/bulk.js';
import { cancellationReason, cancellationTarget, certificate, sparedFate } from '../rest/certificate.js';
import { taskStatus } from '../rest/job-resource.js';
import { artifactPolicy, stopSignal } from '../rest/job-spec.js';
import { cleanupReport, codedError, executionEnding, executionIdentity } from '../runner/schemas.js';
import type { EventSchemas } from './event-schemas.js';

const at = timestamp;
const count = z.int().min(0);
const attempt = z.int().min(1);
const step = z.enum(STEPS);
const requestedBy = z.string();

const options = z.object({
  force: z.boolean(),
  gracePeriodMs: z.number().nullable(),
  signal: stopSignal.nullable(),
  artifacts: artifactPolicy.nullable(),
  graceLimitMs: z.number().exactOptional(),
}) satisfies z.ZodType<CancellationOptions>;

const targetExecution = z.object({
  execution: executionIdentity,
  taskKey: z.string(),
  gracePeriodMs: z.number(),
  signal: stopSignal,
  signalTo: z.enum(['tree', 'leader-first']),
});

const plan = z.object({
  tasks: z.array(
    z.object({
      taskId,
      key: z.string(),
      status: taskStatus,
      neverStarted: z.boolean(),
      cancellationId: cancellationId.nullable(),
      finalizer: z.object({ budgetMs: z.number() }).exactOptional(),
      action: z.enum(['dequeued', 'stop', 'none']),
    }),
  ),
  executions: z.array(targetExecution),
  earlier: z.array(targetExecution).exactOptional(),
  slots: z.array(z.object({ pool: z.string(), slotId: z.string(), executionId, status: z.enum(['leased', 'soiled']) })),
  runnerId: runnerId.nullable(),
  spared: z.array(z.object({ taskId, key: z.string(), fate: sparedFate })).exactOptional(),
}) satisfies z.ZodType<CancellationPlan>;

const pass = z.object({ survivors: count, heldSlots: count, openStates: count, leftFiles: count, at: timestamp });

const request = {
  cancellationId,
  options,
  reason: cancellationReason,
  requestedBy,
  fingerprint: z.string(),
  requestedAt: timestamp,
};

export const cancellationEvents = {
  CancellationRequested: z.object({
    ...request,
    target: cancellationTarget,
    undoWindowMs: z.number().exactOptional(),
    bulkId: cancellationId.exactOptional(),
    at,
  }),
  TasksHeld: z.object({ taskIds: z.array(taskId), executions: z.array(executionIdentity), at }),
  ExecutionsFrozen: z.object({ executionIds: z.array(executionId), at }),
  UndoWindowClosed: z.object({ because: z.enum(['over', 'forced']), at }),
  UndoRequested: z.object({ requestedBy, at }),
  TasksReleased: z.object({ at }),
  ExecutionsThawed: z.object({ executionIds: z.array(executionId), at }),
  CancellationUndone: z.object({ at }),
  CancellationJoined: z.object({ requestedBy, reason: cancellationReason, at }),
  CancellationUpgraded: z.object({ options, requestedBy, at }),
  StepStarted: z.object({ step, at }),
  StepCompleted: z.object({ step, evidence: z.record(z.string(), z.union([z.string(), z.number()])), at }),
  StepFailed: z.object({ step, attempt, error: codedError, at }),
  StepRetried: z.object({ step, attempt, nextDriveAt: timestamp.exactOptional(), at }),
  CancellationPlanned: z.object({ plan, at }),
  TerminationRecorded: z.object({ execution: executionIdentity, ending: executionEnding, at }),
  TerminationUnconfirmed: z.object({ executionId, at }),
  FinalizersRecorded: z.object({
    finalizers: z.array(z.object({ task: z.string(), status: taskStatus })),
    executions: z.array(targetExecution),
    earlier: z.array(targetExecution).exactOptional(),
    at,
  }),
  CleanupRecorded: z.object({ report: cleanupReport, at }),
  VerificationPassed: z.object({ pass, at }),
  VerificationFailed: z.object({ pass, at }),
  CancellationCompleted: z.object({ certificate, at }),
  CancellationLeftPartial: z.object({ certificate, at }),
  CancellationLeftUnconfirmed: z.object({ certificate, at }),
} as const satisfies EventSchemas<CancellationEvent>;

const chunk = count;

/** Of a bulk; they stand in a stream of the same aggregate. */
export const bulkEvents = {
  BulkRequested: z.object({ ...request, target: bulkTarget, plan: bulkPlan, at }),
  BulkTargetsPlanned: z.object({ chunk, action: z.enum(['dequeue', 'stop']), jobIds: z.array(jobId), at }),
  BulkChunkStarted: z.object({ chunk, at }),
  BulkChunkDequeued: z.object({
    chunk,
    dequeued: count,
    started: z.array(jobId),
    ended: z.array(
      z.object({
        jobId,
        how: z.enum(['already-completed', 'already-failed', 'already-cancelled']),
        cancellationId: cancellationId.nullable(),
      }),
    ),
    at,
  }),
  BulkMembersOpened: z.object({
    members: z.array(z.object({ jobId, cancellationId, joined: z.boolean() })),
    at,
  }),
  BulkMembersSettled: z.object({
    members: z.array(
      z.object({
        jobId,
        outcome: z.enum(['cancelled', 'already-ended', 'undone', 'partial', 'unconfirmed']),
        executions: count,
        forced: count,
      }),
    ),
    at,
  }),
  BulkAborted: z.object({ requestedBy, at }),
  BulkConcluded: z.object({ certificate: bulkCertificate, at }),
} as const satisfies EventSchemas<BulkEvent>;
