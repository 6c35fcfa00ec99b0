import type { CleanupReport } from '../cleanup/cleanup.js';
import type { ExecutionEnding, ExecutionIdentity } from '../execution/execution.js';
import type { ExecutionId, TaskId, Timestamp } from '../ids.js';
import type { SparedTask } from '../job/job.js';
import type {
  CancellationOptions,
  CancellationReason,
  CancellationRequest,
  CertificateProof,
  JobFacts,
  StepError,
  StepName,
  VerificationPass,
} from './cancellation.js';

/** Inputs after the request: each brings the time and what a certificate would need, should it be due. */
interface Input {
  readonly at: Timestamp;
  readonly proof: CertificateProof;
}

export type CancellationCommand =
  | (CancellationRequest & { readonly type: 'RequestCancellation'; readonly at: Timestamp })
  /** A second request for the same target: joins, and upgrades when it asks for more. */
  | (Input & {
      readonly type: 'JoinCancellation';
      readonly options: CancellationOptions;
      readonly reason: CancellationReason;
      readonly requestedBy: string;
    })
  | (Input & {
      readonly type: 'RecordTasksHeld';
      readonly facts: JobFacts;
      /** The tasks that were parked. */
      readonly taskIds: readonly TaskId[];
    })
  | (Input & { readonly type: 'RecordExecutionsFrozen'; readonly executionIds: readonly ExecutionId[] })
  /** The timer: does nothing before the window's end. */
  | (Input & { readonly type: 'CloseUndoWindow' })
  | (Input & { readonly type: 'UndoCancellation'; readonly requestedBy: string })
  | (Input & { readonly type: 'RecordTasksReleased' })
  | (Input & { readonly type: 'RecordExecutionsThawed'; readonly executionIds: readonly ExecutionId[] })
  | (Input & {
      readonly type: 'RecordDispatchBlocked';
      readonly facts: JobFacts;
      /** The tasks this cancellation blocked. */
      readonly taskIds: readonly TaskId[];
      readonly spared?: readonly SparedTask[];
    })
  | (Input & {
      readonly type: 'RecordTermination';
      readonly execution: ExecutionIdentity;
      readonly ending: ExecutionEnding;
    })
  | (Input & { readonly type: 'RecordFencing'; readonly executionId: ExecutionId })
  | (Input & { readonly type: 'RecordJobFacts'; readonly facts: JobFacts })
  | (Input & { readonly type: 'RecordCleanup'; readonly report: CleanupReport })
  | (Input & { readonly type: 'RecordVerification'; readonly passes: readonly VerificationPass[] })
  | (Input & {
      readonly type: 'RecordStepFailure';
      readonly step: StepName;
      readonly error: StepError;
      readonly nextDriveAt?: Timestamp;
    })
  /** A drive asked for everything again and heard nothing new. */
  | (Input & {
      readonly type: 'RecordStandstill';
      /** Open steps that neither moved nor failed in that drive. */
      readonly steps: readonly StepName[];
      /** Silence that is no standstill yet, beyond what grace periods explain. */
      readonly patienceMs: number;
      readonly nextDriveAt?: Timestamp;
    });
