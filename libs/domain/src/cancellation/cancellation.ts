import type { CleanupReport } from '../cleanup/cleanup.js';
import type { ExecutionEnding, ExecutionIdentity } from '../execution/execution.js';
import type { CancellationId, ExecutionId, JobId, RunnerId, TaskId, Timestamp } from '../ids.js';
import type { Cascade, JobStatus, SparedTask, TaskStatus } from '../job/job.js';
import type { ArtifactPolicy, StopSignal, TaskSpec } from '../job/task-spec.js';
import type { Certificate } from './certificate.js';

/** In the order they open; settle-states, release and clean run side by side. */
export const STEPS = [
  'validate',
  'block-dispatch',
  'plan',
  'dequeue',
  'terminate',
  'settle-states',
  'release',
  'clean',
  'verify',
  'certify',
] as const;
export type StepName = (typeof STEPS)[number];

/** Why, from a closed list; the text is free. */
export const REASON_CODES = [
  'user-request',
  'superseded',
  'budget',
  'deadline',
  'queue-timeout',
  'run-timeout',
  'policy',
  'maintenance',
  'failure',
  'other',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

export type CancellationTarget =
  | { readonly kind: 'job'; readonly jobId: JobId }
  | { readonly kind: 'task'; readonly jobId: JobId; readonly taskId: TaskId; readonly cascade: Cascade };

/** What the caller asked for; null means: as the task says. */
export interface CancellationOptions {
  readonly force: boolean;
  readonly gracePeriodMs: number | null;
  readonly signal: StopSignal | null;
  readonly artifacts: ArtifactPolicy | null;
  /** Set when requests joined that asked for a shorter grace than some tasks have: no task gets more than this, ms. */
  readonly graceLimitMs?: number;
}

export interface CancellationReason {
  readonly code: ReasonCode;
  readonly text: string;
}

/** What somebody asked for, as it was accepted. */
export interface CancellationRequest {
  readonly cancellationId: CancellationId;
  readonly target: CancellationTarget;
  readonly options: CancellationOptions;
  readonly reason: CancellationReason;
  readonly requestedBy: string;
  /** Digest of the request's body; an idempotency key used again must bring the same one. */
  readonly fingerprint: string;
  /** When the gateway had the request in hand. */
  readonly requestedAt: Timestamp;
  /** For so long everything is only held, and can be undone, ms. Absent: the steps begin at once. */
  readonly undoWindowMs?: number;
  /** The bulk it is a member of; absent for one that was asked for by itself. */
  readonly bulkId?: CancellationId;
}

/** An execution to be ended, with its task's own wishes for how. */
export interface TargetExecution {
  readonly execution: ExecutionIdentity;
  readonly taskKey: string;
  readonly gracePeriodMs: number;
  readonly signal: StopSignal;
  readonly signalTo: TaskSpec['signalTo'];
}

/** A job as its owner, the dispatcher, answers for it: what a cancellation decides and checks against. */
export interface JobFacts {
  readonly jobId: JobId;
  readonly status: JobStatus;
  readonly tasks: readonly TaskFacts[];
  /** Executions that have not ended, and those that a cancellation has ended. */
  readonly executions: readonly TargetExecution[];
  /** Executions that ended by themselves. */
  readonly earlier: readonly TargetExecution[];
  /** Slots this job's executions still hold. */
  readonly heldSlots: readonly HeldSlot[];
  /** Where the workspace is; null when nothing was ever assigned. */
  readonly runnerId: RunnerId | null;
}

export interface TaskFacts {
  readonly taskId: TaskId;
  readonly key: string;
  readonly status: TaskStatus;
  readonly neverStarted: boolean;
  /** The cancellation that ended it or is ending it. */
  readonly cancellationId: CancellationId | null;
  /** Of a finalizer: the longest it may take to be over once the rest is, ms. */
  readonly finalizer?: { readonly budgetMs: number };
}

export interface HeldSlot {
  readonly pool: string;
  readonly slotId: string;
  readonly executionId: ExecutionId;
  readonly status: 'leased' | 'soiled';
}

export interface CancellationPlan {
  /**
   * In the order they were blocked, the last submitted first. `dequeued`: had no execution to be stopped; `none`: had
   * ended otherwise.
   */
  readonly tasks: readonly (TaskFacts & { readonly action: 'dequeued' | 'stop' | 'none' })[];
  readonly executions: readonly TargetExecution[];
  /** What had ended by itself is looked at once more: whoever said so may have been wrong. Absent when there is nothing. */
  readonly earlier?: readonly TargetExecution[];
  readonly slots: readonly HeldSlot[];
  readonly runnerId: RunnerId | null;
  /** What depends on the target task and is left alone. Absent when there is nothing. */
  readonly spared?: readonly SparedTask[];
}

/** A finalizer and how it ended. */
export interface FinalizerRecord {
  readonly task: string;
  readonly status: TaskStatus;
}

/** What a second look from outside found. */
export interface VerificationPass {
  readonly survivors: number;
  readonly heldSlots: number;
  /** Target tasks, and the job of a job-wide cancellation, that are not terminal. */
  readonly openStates: number;
  readonly leftFiles: number;
  readonly at: Timestamp;
}

export interface StepError {
  readonly code: string;
  readonly message: string;
}

export interface StepState {
  readonly status: 'waiting' | 'open' | 'completed';
  /** Failures so far. */
  readonly attempts: number;
  readonly startedAt: Timestamp | null;
  readonly completedAt: Timestamp | null;
  readonly evidence: Readonly<Record<string, string | number>> | null;
  readonly lastError: StepError | null;
  readonly failedAt: Timestamp | null;
  /** When it is tried again, if that is known. */
  readonly nextDriveAt: Timestamp | null;
}

export type CancellationStatus = 'requested' | 'in-progress' | 'completed' | 'partial' | 'unconfirmed' | 'undone';

/** What an undo window holds: parked tasks and frozen executions. */
export interface Hold {
  readonly until: Timestamp;
  readonly phase: 'holding' | 'undoing' | 'undone' | 'closed';
  /** null: not parked yet. */
  readonly taskIds: readonly TaskId[] | null;
  readonly executions: readonly ExecutionIdentity[];
  readonly frozen: readonly ExecutionId[];
  /** After an undo: the tasks may be dispatched again. */
  readonly released: boolean;
  readonly thawed: readonly ExecutionId[];
}

/** The window asked for is in `hold`. */
export interface Cancellation extends Omit<CancellationRequest, 'undoWindowMs'> {
  readonly status: CancellationStatus;
  readonly steps: Readonly<Record<StepName, StepState>>;
  /** null: there was no undo window. */
  readonly hold: Hold | null;
  readonly plan: CancellationPlan | null;
  readonly terminations: ReadonlyMap<
    ExecutionId,
    { readonly execution: ExecutionIdentity; readonly ending: ExecutionEnding }
  >;
  /** Executions fenced and not yet proven gone; heard of before the plan, they may turn out to be none of ours. */
  readonly unconfirmed: ReadonlySet<ExecutionId>;
  /** How the job's finalizers ended; absent while they have not, or where there are none. */
  readonly finalizers?: readonly FinalizerRecord[];
  readonly cleanup: CleanupReport | null;
  /** Passes in a row that found nothing. */
  readonly cleanPasses: number;
  readonly lastPass: VerificationPass | null;
  readonly certificate: Certificate | null;
  readonly endedAt: Timestamp | null;
  /** When something last changed: an attempt that failed, a look that found the same, and another asker change nothing. */
  readonly movedAt: Timestamp;
}

export type CancellationState = { readonly status: 'unknown' } | Cancellation;

/** What a certificate takes from outside the saga's own events. */
export interface CertificateProof {
  /** When the request was durable: the store's clock. */
  readonly acknowledgedAt: Timestamp;
  readonly traceId: string | null;
  /** Hash of the newest event of the cancellation's stream: the chain the certificate closes. */
  readonly streamHash: string;
}
