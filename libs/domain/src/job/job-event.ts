import type { CancellationId, ExecutionId, JobId, RunnerId, TaskId, Timestamp } from '../ids.js';
import type { Generation } from './generation.js';
import type { Assignment, JobLimit, SparedTask, SubmittedTask, TaskError } from './job.js';
import type { JobSpec } from './task-spec.js';

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
