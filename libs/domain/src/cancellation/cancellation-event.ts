import type { CleanupReport } from '../cleanup/cleanup.js';
import type { ExecutionEnding, ExecutionIdentity } from '../execution/execution.js';
import type { ExecutionId, TaskId, Timestamp } from '../ids.js';
import type {
  CancellationOptions,
  CancellationPlan,
  CancellationReason,
  CancellationRequest,
  FinalizerRecord,
  StepError,
  StepName,
  TargetExecution,
  VerificationPass,
} from './cancellation.js';
import type { Certificate } from './certificate.js';

export type CancellationEvent =
  | (CancellationRequest & { readonly type: 'CancellationRequested'; readonly at: Timestamp })
  /** Nothing of these tasks is dispatched while the undo window is open; their executions are to be frozen. */
  | {
      readonly type: 'TasksHeld';
      readonly taskIds: readonly TaskId[];
      readonly executions: readonly ExecutionIdentity[];
      readonly at: Timestamp;
    }
  /** Each stands still, will not move once it starts, or has ended. */
  | { readonly type: 'ExecutionsFrozen'; readonly executionIds: readonly ExecutionId[]; readonly at: Timestamp }
  /** The steps begin. `forced`: a stronger request came. */
  | { readonly type: 'UndoWindowClosed'; readonly because: 'over' | 'forced'; readonly at: Timestamp }
  | { readonly type: 'UndoRequested'; readonly requestedBy: string; readonly at: Timestamp }
  | { readonly type: 'TasksReleased'; readonly at: Timestamp }
  /** Each goes on, or has ended. */
  | { readonly type: 'ExecutionsThawed'; readonly executionIds: readonly ExecutionId[]; readonly at: Timestamp }
  | { readonly type: 'CancellationUndone'; readonly at: Timestamp }
  | {
      readonly type: 'CancellationJoined';
      readonly requestedBy: string;
      readonly reason: CancellationReason;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'CancellationUpgraded';
      readonly options: CancellationOptions;
      readonly requestedBy: string;
      readonly at: Timestamp;
    }
  | { readonly type: 'StepStarted'; readonly step: StepName; readonly at: Timestamp }
  | {
      readonly type: 'StepCompleted';
      readonly step: StepName;
      readonly evidence: Readonly<Record<string, string | number>>;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'StepFailed';
      readonly step: StepName;
      /** From 1; the step is driven again. */
      readonly attempt: number;
      readonly error: StepError;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'StepRetried';
      readonly step: StepName;
      readonly attempt: number;
      /** When the durable timer drives the cancellation next; absent when that was not known. */
      readonly nextDriveAt?: Timestamp;
      readonly at: Timestamp;
    }
  | { readonly type: 'CancellationPlanned'; readonly plan: CancellationPlan; readonly at: Timestamp }
  | {
      readonly type: 'TerminationRecorded';
      readonly execution: ExecutionIdentity;
      readonly ending: ExecutionEnding;
      readonly at: Timestamp;
    }
  /** The runner is gone and its lease with it: nobody saw the processes end. */
  | { readonly type: 'TerminationUnconfirmed'; readonly executionId: ExecutionId; readonly at: Timestamp }
  /** What ran when everything planned was gone: from here on the cancellation answers for these executions too. */
  | {
      readonly type: 'FinalizersRecorded';
      readonly finalizers: readonly FinalizerRecord[];
      readonly executions: readonly TargetExecution[];
      /** Attempts of theirs that were followed by another: looked at once more. Absent when there is none. */
      readonly earlier?: readonly TargetExecution[];
      readonly at: Timestamp;
    }
  | { readonly type: 'CleanupRecorded'; readonly report: CleanupReport; readonly at: Timestamp }
  | { readonly type: 'VerificationPassed'; readonly pass: VerificationPass; readonly at: Timestamp }
  | { readonly type: 'VerificationFailed'; readonly pass: VerificationPass; readonly at: Timestamp }
  | { readonly type: 'CancellationCompleted'; readonly certificate: Certificate; readonly at: Timestamp }
  /** Something known is left; still driven. */
  | { readonly type: 'CancellationLeftPartial'; readonly certificate: Certificate; readonly at: Timestamp }
  /** It cannot be known whether something is left; still driven. */
  | { readonly type: 'CancellationLeftUnconfirmed'; readonly certificate: Certificate; readonly at: Timestamp };
