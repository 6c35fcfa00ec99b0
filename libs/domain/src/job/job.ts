import type { CancellationId, ExecutionId, FencingToken, JobId, RunnerId, TaskId, Timestamp } from '../ids.js';
import type { SlotClaim } from '../slot-pool/slot-pool.js';
import type { Generation, ReusedFrom } from './generation.js';
import type { JobSpec, TaskSpec } from './task-spec.js';

export interface SubmittedTask extends TaskSpec {
  readonly taskId: TaskId;
  /** It completed in an earlier generation of its job and does not run again. Absent otherwise. */
  readonly reusedFrom?: ReusedFrom;
}

/** Why a task failed for good, or an attempt did. `code` is a code of the error catalog. */
export interface TaskError {
  readonly code: string;
  readonly message: string;
}

/** One attempt of a task, placed on a runner. */
export interface Assignment {
  readonly executionId: ExecutionId;
  readonly runnerId: RunnerId;
  readonly fencingToken: FencingToken;
  /** From 1. */
  readonly attempt: number;
  readonly slot: SlotClaim | null;
}

export type JobLimit = 'deadline' | 'queue-timeout' | 'run-timeout';

/**
 * What else is cancelled with a task: everything that depends on it; nothing; or also the inputs that nobody else needs
 * any more, running ones included.
 */
export const CASCADES = ['dependents', 'none', 'dependents-and-unneeded-inputs'] as const;
export type Cascade = (typeof CASCADES)[number];

/** A task that depends on a cancelled one and was left alone: it is skipped, or goes on as if nothing had happened. */
export interface SparedTask {
  readonly taskId: TaskId;
  readonly key: string;
  readonly fate: 'skipped' | 'goes-on';
}

/** What a task is doing. Each status holds what only it can have. */
export type TaskProgress =
  | { readonly status: 'blocked' }
  | { readonly status: 'queued' }
  | { readonly status: 'pending'; readonly assignment: Assignment }
  | { readonly status: 'running'; readonly assignment: Assignment; readonly startedAt: Timestamp }
  | { readonly status: 'retrying'; readonly notBefore: Timestamp; readonly error: TaskError }
  | {
      readonly status: 'cancelling';
      readonly assignment: Assignment;
      readonly cancellationId: CancellationId;
      readonly started: boolean;
    }
  | { readonly status: 'completed'; readonly endedAt: Timestamp; readonly result?: unknown }
  | { readonly status: 'failed'; readonly error: TaskError; readonly endedAt: Timestamp }
  | {
      readonly status: 'cancelled';
      readonly cancellationId: CancellationId;
      readonly neverStarted: boolean;
      readonly endedAt: Timestamp;
    }
  | { readonly status: 'skipped'; readonly because: TaskId; readonly endedAt: Timestamp };

export type TaskStatus = TaskProgress['status'];

export interface Task {
  readonly spec: SubmittedTask;
  readonly progress: TaskProgress;
  /** Attempts assigned so far. */
  readonly attempts: number;
  /** Every execution this task ever had, oldest first. */
  readonly executionIds: readonly ExecutionId[];
  /** Attempts given up for lost whose runner has not been heard since: their processes may still be alive. */
  readonly unheard: readonly Assignment[];
}

export type JobStatus = 'queued' | 'running' | 'retrying' | 'cancelling' | 'completed' | 'failed' | 'cancelled';

export interface Job {
  readonly status: JobStatus;
  readonly jobId: JobId;
  readonly spec: Omit<JobSpec, 'tasks'>;
  /** In the order they were submitted. */
  readonly tasks: readonly Task[];
  /** Cancellations that blocked dispatch here, oldest first. */
  readonly cancellations: readonly {
    readonly cancellationId: CancellationId;
    readonly scope: 'job' | 'tasks';
    readonly taskIds: readonly TaskId[];
    readonly spared?: readonly SparedTask[];
  }[];
  /** Tasks that undo windows park, oldest first. A released one is remembered: asked for again it parks nothing. */
  readonly parked: readonly {
    readonly cancellationId: CancellationId;
    readonly taskIds: readonly TaskId[];
    readonly released: boolean;
  }[];
  /** A job keeps to the runner that holds its workspace: the one of its first assignment. */
  readonly runnerId: RunnerId | null;
  /** Runners it has left, its own among them until it has another: its workspace there is still to be cleaned. */
  readonly leftRunnerIds: readonly RunnerId[];
  readonly error: TaskError | null;
  /** The limit it has reached. */
  readonly overdue: {
    readonly limit: JobLimit;
    readonly dueAt: Timestamp;
    readonly reachedAt: Timestamp;
    readonly cancellationId: CancellationId;
  } | null;
  /** The generation before it; null in the first. */
  readonly retryOf: Generation | null;
  /** The generation after it. */
  readonly retriedBy: JobId | null;
  /** Since when its finalizers may run. */
  readonly finalizingSince: Timestamp | null;
  /** Of a cancelled job: nothing of its work ever ran. */
  readonly neverStarted: boolean | null;
  readonly submittedAt: Timestamp;
  readonly startedAt: Timestamp | null;
  readonly endedAt: Timestamp | null;
}

export type JobState = { readonly status: 'unknown' } | Job;
