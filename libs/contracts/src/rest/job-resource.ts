import { type JobLimit, type JobStatus, RUNS_AGAIN, type TaskStatus } from '@necrocode/domain';
import { z } from 'zod';
import { batchId, cancellationId, executionId, jobId, runnerId, taskId, timestamp } from '../ids/ids.js';
import { codedError } from '../runner/schemas.js';
import { action } from './action.js';
import { executionResource } from './execution-resource.js';
import { artifactPolicy, json, stopSignal } from './job-spec.js';

export const jobStatus = z.enum([
  'queued',
  'running',
  'retrying',
  'cancelling',
  'completed',
  'failed',
  'cancelled',
]) satisfies z.ZodType<JobStatus>;

export const taskStatus = z.enum([
  'blocked',
  'queued',
  'pending',
  'running',
  'retrying',
  'cancelling',
  'completed',
  'failed',
  'cancelled',
  'skipped',
]) satisfies z.ZodType<TaskStatus>;

export const jobLimit = z.enum(['deadline', 'queue-timeout', 'run-timeout']) satisfies z.ZodType<JobLimit>;

/** Code and message of an error of the catalog, with its hint. */
export const resourceError = codedError.extend({ hint: z.string() }).meta({ id: 'ResourceError' });

/** A task as submitted and as it stands. Values of environment variables are not shown: they may be secrets. */
export const taskResource = z
  .object({
    taskId,
    jobId,
    key: z.string(),
    status: taskStatus,
    /** Empty where a handler runs instead. */
    command: z.array(z.string()),
    handler: z.string().nullable(),
    environment: z.array(z.string()),
    dependsOn: z.array(z.string()),
    slotPool: z.string().nullable(),
    timeoutMs: z.int().nullable(),
    gracePeriodMs: z.int(),
    signal: stopSignal,
    onCancelArtifacts: artifactPolicy,
    optional: z.boolean(),
    /** A finalizer, and whether it runs also where nothing of the job was ever assigned; null for any other task. */
    always: z.enum(['if-begun', 'even-if-queued']).nullable(),
    /** Attempts assigned so far, of at most `maxAttempts`. */
    attempts: z.int(),
    maxAttempts: z.int(),
    /** What its function returned; null before, and for a command. */
    result: json.nullable(),
    /** Of a failed task, or of the last attempt of one that is retrying. */
    error: resourceError.nullable(),
    /** When the next attempt may start; only while retrying. */
    notBefore: timestamp.nullable(),
    /** The cancellation that ended it or is ending it. */
    cancellationId: cancellationId.nullable(),
    /** Of a cancelled task: nothing of it ever ran. */
    neverStarted: z.boolean().nullable(),
    /** Of a skipped task: the task that did not complete. */
    because: taskId.nullable(),
    /** Of a task that completed in an earlier generation and is not run again: where it ran. */
    reusedFrom: z.object({ jobId, executionId }).nullable(),
    startedAt: timestamp.nullable(),
    endedAt: timestamp.nullable(),
    executions: z.array(executionResource),
    actions: z.array(action),
  })
  .meta({ id: 'Task' });

const summary = {
  jobId,
  name: z.string(),
  queue: z.string(),
  priority: z.int(),
  labels: z.record(z.string(), z.string()),
  owner: z.string(),
  /** The batch it was submitted in; null for a job submitted alone. */
  batchId: batchId.nullable(),
  /** The job it is the next generation of; null for a first generation. */
  retryOf: jobId.nullable(),
  /** From 1. */
  generation: z.int().min(1),
  /** The next generation of it. */
  retriedBy: jobId.nullable(),
  status: jobStatus,
  /** Tasks in each status. */
  taskCounts: z.record(taskStatus, z.int().min(0)),
  /** The runner that holds the job's workspace; null before the first assignment. */
  runnerId: runnerId.nullable(),
  /** The newest cancellation that blocked dispatch here. */
  cancellationId: cancellationId.nullable(),
  error: resourceError.nullable(),
  submittedAt: timestamp,
  startedAt: timestamp.nullable(),
  endedAt: timestamp.nullable(),
};

/** A job in a list. */
export const jobSummary = z.object(summary).meta({ id: 'JobSummary' });

/** A job with everything that is known of it, folded from its events: never behind. */
export const jobResource = z
  .object({
    ...summary,
    metadata: z.record(z.string(), json),
    timeouts: z.object({ queueMs: z.int().nullable(), runMs: z.int().nullable() }),
    /** When the job is cancelled if it is not over: `Cancel-After` of its submission. */
    cancelAfter: timestamp.nullable(),
    /** The limit the job has reached, and the cancellation that was asked for because of it. */
    overdue: z.object({ limit: jobLimit, dueAt: timestamp, reachedAt: timestamp, cancellationId }).nullable(),
    /** Of a cancelled job: nothing of it ever ran. */
    neverStarted: z.boolean().nullable(),
    tasks: z.array(taskResource),
    /** Oldest first. */
    cancellations: z.array(z.object({ cancellationId, scope: z.enum(['job', 'tasks']) })),
    actions: z.array(action),
  })
  .meta({ id: 'Job' });

/** The answer to `POST /jobs`. */
export const submittedJob = z
  .object({
    jobId,
    /** The same key and body had been sent before: this is the job of that time. */
    repeated: z.boolean(),
    tasks: z.array(z.object({ taskId, key: z.string() })),
    links: z.object({ self: z.string(), events: z.string(), logs: z.string() }),
  })
  .meta({ id: 'SubmittedJob' });

/** The answer to `POST /jobs/{jobId}/retry`. */
export const retriedJob = z
  .object({
    jobId,
    /** The same key had been sent before: this is the generation of that time. */
    repeated: z.boolean(),
    retryOf: jobId,
    generation: z.int().min(2),
    /** Keys of the tasks that are not run again. */
    reused: z.array(z.string()),
    /** Tasks that had completed and run again all the same. */
    runsAgain: z.array(z.object({ key: z.string(), because: z.enum(RUNS_AGAIN) })),
    /** Artifacts that are put back before the first task starts. */
    restored: z.int().min(0),
    links: z.object({ self: z.string(), events: z.string(), logs: z.string() }),
  })
  .meta({ id: 'RetriedJob' });

/** The body of `POST /jobs/{jobId}/retry`: it takes no options. */
export const retryJobBody = z.strictObject({});

export type RetriedJob = z.infer<typeof retriedJob>;
export type JobSummary = z.infer<typeof jobSummary>;
export type JobResource = z.infer<typeof jobResource>;
export type TaskResource = z.infer<typeof taskResource>;
export type ResourceError = z.infer<typeof resourceError>;
export type SubmittedJob = z.infer<typeof submittedJob>;
