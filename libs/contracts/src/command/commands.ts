import {
  type BulkRequest,
  type CancellationRequest,
  CASCADES,
  type JobCriteria,
  type JobFacts,
  type JobSpec,
  type SparedTask,
  type SubmittedTask,
} from '@necrocode/domain';
import { z } from 'zod';
import { batchId, cancellationId, executionId, jobId, runnerId, taskId, timestamp } from '../ids/ids.js';
import {
  cleanupReport,
  executionEnding,
  executionIdentity,
  runnerDescription,
  stopRequest,
} from '../runner/schemas.js';
import { queueState } from '../rest/estate-resources.js';
import { cancellationPlan } from '../rest/plan-resource.js';
import { command } from './command.js';

/**
 * Shapes that only our own services write, from domain values: checked to be objects, not field by field. What comes
 * from runners, users and other systems has a full schema.
 */
const trusted = <T extends object>() => z.custom<T>((value) => typeof value === 'object' && value !== null);

const jobFacts = trusted<JobFacts>();

/** How an accepted request stands: new, joined to the one under way, or nothing left to do. */
const alreadyEnded = z.enum(['already-completed', 'already-failed', 'already-cancelled', 'already-skipped']);
const requestCancellationReply = z.object({
  result: z.union([z.enum(['accepted', 'joined']), alreadyEnded]),
  /** The cancellation that does the work or did it; null when there never was one. */
  cancellationId: cancellationId.nullable(),
});

export const dispatcherCommands = {
  submitJob: command(
    'dispatcher',
    'submit-job',
    z.object({
      jobId,
      spec: trusted<Omit<JobSpec, 'tasks'>>(),
      tasks: z.array(trusted<SubmittedTask>()).min(1),
    }),
    z.object({ jobId, repeated: z.boolean() }),
  ),
  /** Many jobs in one append: all of them or none. */
  submitBatch: command(
    'dispatcher',
    'submit-batch',
    z.object({
      batchId,
      jobs: z.array(
        z.object({
          jobId,
          spec: trusted<Omit<JobSpec, 'tasks'>>(),
          tasks: z.array(trusted<SubmittedTask>()).min(1),
        }),
      ),
    }),
    z.object({ batchId, repeated: z.boolean() }),
  ),
  /** The next generation of a job that is over, under an id drawn by the caller. */
  retryJob: command(
    'dispatcher',
    'retry-job',
    z.object({ jobId, retriedBy: jobId }),
    z.object({ jobId, repeated: z.boolean() }),
  ),
  /** A page of the open jobs that fit, in the order of their ids. */
  selectJobs: command(
    'dispatcher',
    'select-jobs',
    z.object({
      criteria: trusted<JobCriteria>(),
      /** From the first page: jobs submitted since do not count. */
      snapshotAt: timestamp.nullable(),
      after: jobId.nullable(),
      limit: z.int().min(1),
    }),
    z.object({
      snapshotAt: timestamp,
      /** Nothing of them was ever assigned. */
      waiting: z.array(jobId),
      /** All others. */
      started: z.array(jobId),
      /** Behind which the next page begins; null on the last. */
      after: jobId.nullable(),
    }),
  ),
  /** Ends those of the jobs that still wait, in one append, each in its own stream; answers with the ones it did not end. */
  dequeueJobs: command(
    'dispatcher',
    'dequeue-jobs',
    z.object({ cancellationId, jobIds: z.array(jobId).min(1) }),
    z.object({
      started: z.array(jobId),
      ended: z.array(
        z.object({
          jobId,
          how: z.enum(['already-completed', 'already-failed', 'already-cancelled']),
          /** The cancellation that ended it. */
          cancellationId: cancellationId.nullable(),
        }),
      ),
    }),
  ),
  /** The job as its owner knows it now. */
  describeJob: command('dispatcher', 'describe-job', z.object({ jobId }), jobFacts),
  /** The same, when every end of its executions that is stored has been taken in. */
  settleJob: command('dispatcher', 'settle-job', z.object({ jobId }), jobFacts),
  /** The job a task belongs to. */
  findTask: command('dispatcher', 'find-task', z.object({ taskId }), z.object({ jobId })),
  blockDispatch: command(
    'dispatcher',
    'block-dispatch',
    z.object({ cancellationId, jobId, taskId: taskId.nullable(), cascade: z.enum(CASCADES) }),
    z.object({ facts: jobFacts, taskIds: z.array(taskId), spared: z.array(trusted<SparedTask>()).default([]) }),
  ),
  /** Assigns nothing of these tasks while their cancellation can be undone. */
  parkTasks: command(
    'dispatcher',
    'park-tasks',
    z.object({ cancellationId, jobId, taskId: taskId.nullable(), cascade: z.enum(CASCADES) }),
    z.object({ facts: jobFacts, taskIds: z.array(taskId) }),
  ),
  unparkTasks: command('dispatcher', 'unpark-tasks', z.object({ cancellationId, jobId }), z.object({ jobId })),
  /** No job of the queue begins any more once this is answered. */
  pauseQueue: command('dispatcher', 'pause-queue', z.object({ queue: z.string() }), queueState),
  resumeQueue: command('dispatcher', 'resume-queue', z.object({ queue: z.string() }), queueState),
  /** How the job stands, and how it would stand after a block; nothing is stored. */
  previewBlock: command(
    'dispatcher',
    'preview-block',
    z.object({ cancellationId, jobId, taskId: taskId.nullable(), cascade: z.enum(CASCADES) }),
    z.object({
      before: jobFacts,
      after: jobFacts,
      taskIds: z.array(taskId),
      spared: z.array(trusted<SparedTask>()),
    }),
  ),
} as const;

const bulkPlan = z.object({
  targets: z.int().min(0),
  waiting: z.int().min(0),
  started: z.int().min(0),
  snapshotAt: timestamp,
  digest: z.string(),
});

export const cancellationCommands = {
  /** Within its undo window: everything goes on. Repeating it is harmless. */
  undoCancellation: command(
    'cancellation-service',
    'undo-cancellation',
    z.object({ cancellationId }),
    z.object({ cancellationId }),
  ),
  /** What a bulk would cancel now; stores nothing. */
  planBulk: command(
    'cancellation-service',
    'plan-bulk',
    trusted<BulkRequest>(),
    z.object({ plan: bulkPlan, planToken: z.string(), jobIds: z.array(jobId) }),
  ),
  requestBulk: command(
    'cancellation-service',
    'request-bulk',
    z.object({
      request: trusted<BulkRequest>(),
      planToken: z.string().nullable(),
      expectedCount: z.int().min(0).nullable(),
    }),
    /** Nothing matched: nothing was stored. */
    z.object({ cancellationId: cancellationId.nullable(), plan: bulkPlan }),
  ),
  /** Stops what is not reached yet; false when all of it is. */
  abortBulk: command(
    'cancellation-service',
    'abort-bulk',
    z.object({ cancellationId, requestedBy: z.string() }),
    z.object({ aborted: z.boolean() }),
  ),
  requestCancellation: command(
    'cancellation-service',
    'request-cancellation',
    /** With the token of a dry run: refused when the plan has changed. */
    z.object({ request: trusted<CancellationRequest>(), planToken: z.string().nullable() }),
    requestCancellationReply,
  ),
  /** What the request would do; nothing is stored. `ended`: the target has ended already, there is no plan. */
  planCancellation: command(
    'cancellation-service',
    'plan-cancellation',
    z.object({ request: trusted<CancellationRequest>(), planToken: z.string().nullable() }),
    z.discriminatedUnion('outcome', [
      z.object({ outcome: z.literal('planned'), plan: cancellationPlan }),
      z.object({ outcome: z.literal('ended'), result: alreadyEnded, cancellationId: cancellationId.nullable() }),
    ]),
  ),
} as const;

const executionStop = z.object({ execution: executionIdentity, stop: stopRequest });

export const runnerMonitorCommands = {
  registerRunner: command(
    'runner-monitor',
    'register-runner',
    z.object({ runner: runnerDescription, sessionId: z.string().min(1) }),
    /** The lease in ms, and executions that no longer count there: the agent ends what it still has of them. */
    z.object({ leaseMs: z.int().min(1), fencedExecutionIds: z.array(executionId) }),
  ),
  /** Signals at once and records beside it; answers with what is known of each. */
  stopExecutions: command(
    'runner-monitor',
    'stop-executions',
    z.object({ stops: z.array(executionStop).min(1) }),
    z.object({
      executions: z.array(
        z.object({
          executionId,
          /** `unreachable`: the runner did not answer; its lease decides. */
          status: z.enum(['terminating', 'ended', 'fenced', 'unreachable']),
          ending: executionEnding.nullable(),
        }),
      ),
    }),
  ),
  /** Freezes or thaws what a cancellation with an undo window holds; answers with what is known of each. */
  holdExecutions: command(
    'runner-monitor',
    'hold-executions',
    z.object({ kind: z.enum(['freeze', 'thaw']), cancellationId, executions: z.array(executionIdentity).min(1) }),
    z.object({
      executions: z.array(
        z.object({
          executionId,
          /** `done`: as asked, also when it starts only later, or it has ended. `open`: not yet, or nobody can say. */
          status: z.enum(['done', 'open']),
        }),
      ),
    }),
  ),
  inspectExecutions: command(
    'runner-monitor',
    'inspect-executions',
    z.object({ runnerId, executionIds: z.array(executionId), jobId: jobId.nullable() }),
    z.object({ survivors: z.int().min(0), leftFiles: z.int().min(0), at: timestamp }),
  ),
  trustRunner: command('runner-monitor', 'trust-runner', z.object({ runnerId }), z.object({ runnerId })),
  drainRunner: command('runner-monitor', 'drain-runner', z.object({ runnerId }), z.object({ runnerId })),
} as const;

export const cleanerCommands = {
  /**
   * Starts the cleanup when it is due and not yet under way; answers with the report when it is done. One of a job that was done
   * before files were found there (`foundAt`) is done once more.
   */
  clean: command(
    'artifact-cleaner',
    'clean',
    z.object({ jobId, cancellationId, taskIds: z.array(taskId).nullable(), foundAt: timestamp.exactOptional() }),
    z.object({ done: z.boolean(), report: cleanupReport.nullable() }),
  ),
} as const;
