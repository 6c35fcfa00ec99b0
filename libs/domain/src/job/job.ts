import type { CancellationId, ExecutionId, FencingToken, JobId, RunnerId, TaskId, Timestamp } from '../ids.js';
import type { ExecutionEnding } from '../execution/execution.js';
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

export type JobEvent =
  | {
      readonly type: 'JobSubmitted';
      readonly jobId: JobId;
      readonly spec: Omit<JobSpec, 'tasks'>;
      readonly tasks: readonly SubmittedTask[];
      /** Absent in a first generation. */
      readonly retryOf?: Generation;
      readonly at: Timestamp;
    }
  | { readonly type: 'TaskQueued'; readonly taskId: TaskId; readonly at: Timestamp }
  | {
      readonly type: 'TaskAssigned';
      readonly jobId: JobId;
      readonly taskId: TaskId;
      readonly assignment: Assignment;
      readonly at: Timestamp;
    }
  /** The runner refused the start (full, draining, tombstone): the attempt does not count. */
  | {
      readonly type: 'TaskUnassigned';
      readonly taskId: TaskId;
      readonly executionId: ExecutionId;
      readonly because: string;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'TaskStarted';
      readonly taskId: TaskId;
      readonly executionId: ExecutionId;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'TaskCompleted';
      readonly taskId: TaskId;
      readonly executionId: ExecutionId;
      /** What its function returned. Absent for a command. */
      readonly result?: unknown;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'TaskFailed';
      readonly taskId: TaskId;
      readonly executionId: ExecutionId;
      readonly error: TaskError;
      /** Nobody saw the attempt end: its runner's lease ran out. Absent otherwise. */
      readonly assumed?: true;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'TaskRetryScheduled';
      readonly taskId: TaskId;
      readonly executionId: ExecutionId;
      readonly error: TaskError;
      readonly notBefore: Timestamp;
      /** Nobody saw the attempt end: its runner's lease ran out. Absent otherwise. */
      readonly assumed?: true;
      readonly at: Timestamp;
    }
  | { readonly type: 'TaskSkipped'; readonly taskId: TaskId; readonly because: TaskId; readonly at: Timestamp }
  /** From here on nothing of these tasks can be assigned or retried: same stream, expected version. */
  | {
      readonly type: 'DispatchBlocked';
      readonly cancellationId: CancellationId;
      readonly scope: 'job' | 'tasks';
      readonly taskIds: readonly TaskId[];
      /** What depends on the cancelled task and was not cancelled with it. Absent when there is nothing. */
      readonly spared?: readonly SparedTask[];
      readonly at: Timestamp;
    }
  /** Nothing of these tasks is assigned until they are unparked: an undo window is open. */
  | {
      readonly type: 'TasksParked';
      readonly cancellationId: CancellationId;
      readonly taskIds: readonly TaskId[];
      readonly at: Timestamp;
    }
  | {
      readonly type: 'TasksUnparked';
      readonly cancellationId: CancellationId;
      readonly taskIds: readonly TaskId[];
      readonly at: Timestamp;
    }
  | {
      readonly type: 'TaskCancellationStarted';
      readonly taskId: TaskId;
      readonly cancellationId: CancellationId;
      readonly executionId: ExecutionId;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'TaskCancelled';
      readonly taskId: TaskId;
      readonly cancellationId: CancellationId;
      readonly neverStarted: boolean;
      readonly at: Timestamp;
    }
  /** No runner took it within its timeout. */
  | { readonly type: 'FinalizerGivenUp'; readonly taskId: TaskId; readonly at: Timestamp }
  /** Too late: from here on nothing of the job is assigned, and this cancellation is asked for. */
  | {
      readonly type: 'JobLimitReached';
      readonly jobId: JobId;
      readonly limit: JobLimit;
      readonly dueAt: Timestamp;
      readonly cancellationId: CancellationId;
      readonly at: Timestamp;
    }
  | { readonly type: 'JobCompleted'; readonly jobId: JobId; readonly at: Timestamp }
  | { readonly type: 'JobFailed'; readonly jobId: JobId; readonly error: TaskError; readonly at: Timestamp }
  | {
      readonly type: 'JobCancelled';
      readonly jobId: JobId;
      readonly cancellationId: CancellationId;
      readonly neverStarted: boolean;
      /**
       * The job was still waiting: this one event blocks its dispatch and cancels every task that had not ended with it.
       * Absent when the tasks' own events stand before it.
       */
      readonly dequeued?: true;
      readonly at: Timestamp;
    }
  /** Its runner was lost before anything was completed there that others would miss: it may go on elsewhere. */
  | { readonly type: 'JobUnplaced'; readonly jobId: JobId; readonly runnerId: RunnerId; readonly at: Timestamp }
  /** It was over, and the next generation of it is another job. */
  | { readonly type: 'JobRetried'; readonly jobId: JobId; readonly retriedBy: JobId; readonly at: Timestamp }
  /** The runner of an execution given up for lost did report its end: kept, changes nothing. */
  | {
      readonly type: 'LateReportNoted';
      readonly taskId: TaskId;
      readonly executionId: ExecutionId;
      readonly report: string;
      readonly at: Timestamp;
    };

export type JobCommand =
  | {
      readonly type: 'SubmitJob';
      readonly jobId: JobId;
      readonly spec: Omit<JobSpec, 'tasks'>;
      readonly tasks: readonly SubmittedTask[];
      readonly retryOf?: Generation;
      readonly at: Timestamp;
    }
  /** The other half of submitting the next generation. */
  | { readonly type: 'RetryJob'; readonly retriedBy: JobId; readonly at: Timestamp }
  | {
      readonly type: 'AssignTask';
      readonly taskId: TaskId;
      /** The attempt is counted by the job itself. */
      readonly assignment: Omit<Assignment, 'attempt'>;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'UnassignTask';
      readonly taskId: TaskId;
      readonly executionId: ExecutionId;
      readonly because: string;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'RecordStart';
      readonly taskId: TaskId;
      readonly executionId: ExecutionId;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'RecordEnding';
      readonly taskId: TaskId;
      readonly executionId: ExecutionId;
      readonly ending: ExecutionEnding;
      /** 0–1, drawn by the caller: spreads retries over `backoff.jitter`. */
      readonly random: number;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'BlockDispatch';
      readonly cancellationId: CancellationId;
      /** `null` for the whole job. */
      readonly taskId: TaskId | null;
      readonly cascade: Cascade;
      readonly at: Timestamp;
    }
  /** Of a bulk: ends the job in one event as long as nothing of it was ever assigned. */
  | {
      readonly type: 'ParkTasks';
      readonly cancellationId: CancellationId;
      /** `null` for the whole job. */
      readonly taskId: TaskId | null;
      readonly cascade: Cascade;
      readonly at: Timestamp;
    }
  | { readonly type: 'UnparkTasks'; readonly cancellationId: CancellationId; readonly at: Timestamp }
  | { readonly type: 'DequeueJob'; readonly cancellationId: CancellationId; readonly at: Timestamp }
  | {
      readonly type: 'EnforceLimits';
      /** Of the cancellation to be asked for, should a limit be reached. */
      readonly cancellationId: CancellationId;
      readonly at: Timestamp;
    };

/** What a job was too late for. Each is the reason code of the cancellation it leads to. */
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
