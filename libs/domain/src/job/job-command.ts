import type { ExecutionEnding } from '../execution/execution.js';
import type { CancellationId, ExecutionId, JobId, TaskId, Timestamp } from '../ids.js';
import type { Generation } from './generation.js';
import type { Assignment, Cascade, SubmittedTask } from './job.js';
import type { JobSpec } from './task-spec.js';

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
