import type { CancellationId, ExecutionId, JobId, RunnerId, SlotId, TaskId, Timestamp } from '../ids.js';
import type { ArtifactPolicy } from '../job/task-spec.js';
import type { SlotEvidence, SlotKind } from '../slot-pool/slot-pool.js';

/** A task's artifacts and what is to be done with them. */
export interface ArtifactOrder {
  readonly taskId: TaskId;
  readonly key: string;
  readonly globs: readonly string[];
  readonly policy: ArtifactPolicy;
}

/** What is to be cleaned. Its stream is `cleanup-<id>`: the job's, the cancellation's or the execution's id. */
export type CleanupOrder =
  /** A whole job: artifacts by policy, then the workspace is removed. */
  | {
      readonly kind: 'job';
      readonly jobId: JobId;
      /** null: the job never had a workspace. */
      readonly runnerId: RunnerId | null;
      /** Runners the job has left: its workspace goes there as well. Absent when there is none. */
      readonly leftRunnerIds?: readonly RunnerId[];
      readonly artifacts: readonly ArtifactOrder[];
    }
  /** Some tasks of a job that goes on: their artifacts by policy; the workspace stays. */
  | {
      readonly kind: 'tasks';
      readonly cancellationId: CancellationId;
      readonly jobId: JobId;
      readonly runnerId: RunnerId | null;
      readonly artifacts: readonly ArtifactOrder[];
    }
  | {
      readonly kind: 'slot';
      readonly jobId: JobId;
      readonly executionId: ExecutionId;
      readonly runnerId: RunnerId;
      readonly pool: string;
      readonly slotId: SlotId;
      readonly slotKind: SlotKind;
    };

export interface ArtifactRecord {
  readonly taskId: TaskId;
  /** Relative to the workspace. */
  readonly path: string;
  readonly bytes: number;
  /** `sha256:<hex>` */
  readonly digest: string;
  readonly policy: ArtifactPolicy;
  /** Where it is now, as the artifact store names it; null when deleted. */
  readonly location: string | null;
}

export interface CleanupReport {
  readonly artifacts: readonly ArtifactRecord[];
  readonly filesRemoved: number;
  readonly bytesFreed: number;
  /** Files that should be gone and are not. */
  readonly leftFiles: number;
}

export type CleanupEvent =
  | { readonly type: 'CleanupRequested'; readonly order: CleanupOrder; readonly at: Timestamp }
  | {
      readonly type: 'CleanupFailed';
      readonly jobId: JobId;
      readonly attempt: number;
      readonly error: { readonly code: string; readonly message: string };
      readonly retryAt: Timestamp;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'SlotProvenClean';
      readonly jobId: JobId;
      readonly executionId: ExecutionId;
      readonly pool: string;
      readonly slotId: SlotId;
      readonly evidence: SlotEvidence;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'CleanupCompleted';
      readonly jobId: JobId;
      readonly kind: CleanupOrder['kind'];
      /** Of all that was done, also before it was reopened. */
      readonly report: CleanupReport;
      /** What of the freed bytes an earlier completion has told of. Absent when it is the first. */
      readonly bytesFreedBefore?: number;
      readonly at: Timestamp;
    }
  /** Files were found where it had left none: somebody outlived the proof of its end, and wrote. */
  | { readonly type: 'CleanupReopened'; readonly jobId: JobId; readonly foundAt: Timestamp; readonly at: Timestamp };

export type CleanupCommand =
  | { readonly type: 'RequestCleanup'; readonly order: CleanupOrder; readonly at: Timestamp }
  | {
      readonly type: 'RecordCleanupFailure';
      readonly error: { readonly code: string; readonly message: string };
      readonly at: Timestamp;
    }
  | { readonly type: 'RecordSlotClean'; readonly evidence: SlotEvidence; readonly at: Timestamp }
  | { readonly type: 'RecordCleanupDone'; readonly report: CleanupReport; readonly at: Timestamp }
  | { readonly type: 'ReopenCleanup'; readonly foundAt: Timestamp; readonly at: Timestamp };

export type CleanupState =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'open';
      readonly order: CleanupOrder;
      readonly attempts: number;
      readonly retryAt: Timestamp;
      /** It was done before, and files were found then. */
      readonly again: { readonly done: CleanupReport; readonly foundAt: Timestamp } | null;
    }
  | {
      readonly status: 'done';
      readonly order: CleanupOrder;
      readonly attempts: number;
      readonly report: CleanupReport;
      readonly doneAt: Timestamp;
    };
