import { type JobEvent, type JobSpec, RUNS_AGAIN, type SubmittedTask } from '@necrocode/domain';
import { z } from 'zod';
import { batchId, cancellationId, executionId, jobId, runnerId, taskId, timestamp } from '../ids/ids.js';
import { sparedFate } from '../rest/certificate.js';
import { artifactPolicy, stopSignal } from '../rest/job-spec.js';
import { jobLimit } from '../rest/job-resource.js';
import { codedError, slotClaim } from '../runner/schemas.js';
import type { EventSchemas } from './event-schemas.js';

const at = timestamp;
const texts = z.record(z.string(), z.string());

const submittedTask = z
  .object({
    taskId,
    key: z.string(),
    command: z.array(z.string()),
    handler: z
      .object({
        name: z.string(),
        input: z.unknown(),
        from: z.record(z.string(), z.object({ task: z.string(), field: z.string() })).exactOptional(),
      })
      .exactOptional(),
    env: texts,
    workingDirectory: z.enum(['workspace', 'slot']),
    dependsOn: z.array(z.string()),
    slotPool: z.string().nullable(),
    retry: z.object({
      maxAttempts: z.int().min(1),
      backoff: z.object({ initialMs: z.number(), factor: z.number(), maxMs: z.number(), jitter: z.number() }),
    }),
    timeoutMs: z.number().nullable(),
    gracePeriodMs: z.number(),
    signal: stopSignal,
    signalTo: z.enum(['tree', 'leader-first']),
    artifacts: z.array(z.string()),
    onCancelArtifacts: artifactPolicy,
    optional: z.boolean(),
    always: z.enum(['if-begun', 'even-if-queued']).exactOptional(),
    reusedFrom: z.object({ jobId, executionId, result: z.unknown().exactOptional() }).exactOptional(),
  })
  .meta({ id: 'SubmittedTask' }) satisfies z.ZodType<SubmittedTask>;

const jobSpec = z
  .object({
    name: z.string(),
    queue: z.string(),
    priority: z.number(),
    labels: texts,
    metadata: z.record(z.string(), z.unknown()),
    owner: z.string(),
    batchId: batchId.exactOptional(),
    timeouts: z.object({ queueMs: z.number().nullable(), runMs: z.number().nullable() }).exactOptional(),
    deadline: z.union([z.object({ afterMs: z.number() }), z.object({ at: z.string() })]).exactOptional(),
  })
  .meta({ id: 'JobSpec' }) satisfies z.ZodType<Omit<JobSpec, 'tasks'>>;

const generation = z.object({
  jobId,
  generation: z.int().min(2),
  runnerId: runnerId.nullable(),
  restore: z.array(z.object({ key: z.string(), path: z.string(), location: z.string(), digest: z.string() })),
  runsAgain: z.array(z.object({ key: z.string(), because: z.enum(RUNS_AGAIN) })),
});

const assumed = z.literal(true).exactOptional();

export const jobEvents = {
  JobSubmitted: z.object({
    jobId,
    spec: jobSpec,
    tasks: z.array(submittedTask),
    retryOf: generation.exactOptional(),
    at,
  }),
  TaskQueued: z.object({ taskId, at }),
  TaskAssigned: z.object({
    jobId,
    taskId,
    assignment: z.object({
      executionId,
      runnerId,
      fencingToken: z.int().min(1),
      attempt: z.int().min(1),
      slot: slotClaim.nullable(),
    }),
    at,
  }),
  TaskUnassigned: z.object({ taskId, executionId, because: z.string(), at }),
  TaskStarted: z.object({ taskId, executionId, at }),
  TaskCompleted: z.object({ taskId, executionId, result: z.unknown().exactOptional(), at }),
  TaskFailed: z.object({ taskId, executionId, error: codedError, assumed, at }),
  TaskRetryScheduled: z.object({ taskId, executionId, error: codedError, notBefore: timestamp, assumed, at }),
  TaskSkipped: z.object({ taskId, because: taskId, at }),
  DispatchBlocked: z.object({
    cancellationId,
    scope: z.enum(['job', 'tasks']),
    taskIds: z.array(taskId),
    spared: z.array(z.object({ taskId, key: z.string(), fate: sparedFate })).exactOptional(),
    at,
  }),
  TasksParked: z.object({ cancellationId, taskIds: z.array(taskId), at }),
  TasksUnparked: z.object({ cancellationId, taskIds: z.array(taskId), at }),
  TaskCancellationStarted: z.object({ taskId, cancellationId, executionId, at }),
  TaskCancelled: z.object({ taskId, cancellationId, neverStarted: z.boolean(), at }),
  FinalizerGivenUp: z.object({ taskId, at }),
  JobLimitReached: z.object({ jobId, limit: jobLimit, dueAt: timestamp, cancellationId, at }),
  JobCompleted: z.object({ jobId, at }),
  JobFailed: z.object({ jobId, error: codedError, at }),
  JobCancelled: z.object({
    jobId,
    cancellationId,
    neverStarted: z.boolean(),
    dequeued: z.literal(true).exactOptional(),
    at,
  }),
  JobUnplaced: z.object({ jobId, runnerId, at }),
  JobRetried: z.object({ jobId, retriedBy: jobId, at }),
  LateReportNoted: z.object({ taskId, executionId, report: z.string(), at }),
} as const satisfies EventSchemas<JobEvent>;
