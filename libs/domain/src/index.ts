export type { Decider } from './decider.js';
export { Rejection, type RejectionCode } from './rejection.js';
export type {
  BatchId,
  CancellationId,
  ExecutionId,
  FencingToken,
  JobId,
  RunnerId,
  SlotId,
  TaskId,
  Timestamp,
  WebhookId,
} from './ids.js';

export type {
  Assignment,
  Cascade,
  Job,
  JobLimit,
  JobState,
  JobStatus,
  SparedTask,
  SubmittedTask,
  Task,
  TaskError,
  TaskProgress,
  TaskStatus,
} from './job/job.js';
export type { JobCommand } from './job/job-command.js';
export type { JobEvent } from './job/job-event.js';
export { CASCADES } from './job/job.js';
export type {
  ArtifactPolicy,
  Backoff,
  Deadline,
  JobSpec,
  JobTimeouts,
  RetryPolicy,
  StopSignal,
  TaskSpec,
} from './job/task-spec.js';
export { dependentsOf, findGraphProblems, type GraphProblem } from './job/job-graph.js';
export { inputOf } from './job/input-of.js';
export { needsOf, type Needs } from './job/needs-of.js';
export { isTerminal } from './job/is-terminal.js';
export { isParked } from './job/park.js';
export type { ArtifactToRestore, Generation, ReusedFrom, RunsAgain } from './job/generation.js';
export { RUNS_AGAIN } from './job/generation.js';
export { nextGeneration } from './job/next-generation.js';
export { dequeuedJob, isWaiting } from './job/dequeue.js';
export { type EndedJob, howEnded } from './job/how-ended.js';
export { isFinalizer, isWorkOver } from './job/finalizers.js';
export { deadlineOf, lookAt } from './job/limits.js';
export { jobDecider } from './job/decider.js';
export { type DispatchedJob, dispatchedJobDecider, knownJob } from './job/dispatched-job.js';

export type {
  SlotClaim,
  SlotDefinition,
  SlotEvidence,
  SlotHolder,
  SlotKind,
  SlotPool,
  SlotPoolCommand,
  SlotPoolEvent,
} from './slot-pool/slot-pool.js';
export { slotPoolDecider } from './slot-pool/decider.js';

export type {
  Containment,
  DeathEvidence,
  EndReason,
  ExecutionCommand,
  ExecutionEnding,
  ExecutionEvent,
  ExecutionIdentity,
  ExecutionState,
  ExecutionStatus,
  SignalEvidence,
  StopRequest,
} from './execution/execution.js';
export { executionDecider } from './execution/decider.js';
export { assumedEnding } from './execution/assumed-ending.js';
export { type StopStatus, stopStatusOf } from './execution/stop-status.js';

export type { Queue, QueueCommand, QueueEvent } from './queue/queue.js';
export { queueDecider } from './queue/decider.js';
export { DISPATCHER_HEARS, makesRoom } from './placement/dispatcher-hears.js';
export { chooseRunner, type Placement, type RunnerPlaces, type Wish } from './placement/choose-runner.js';
export { type Candidate, type ClaimedTask, type OpenRunner, type Placed, placeTasks } from './placement/place-tasks.js';

export { isOver, namedIn, type StoryPart } from './retention/is-over.js';

export type { RunnerCommand, RunnerDescription, RunnerEvent, RunnerState } from './runner/runner.js';
export { RUNNER_EVENTS } from './runner/runner.js';
export { runnerDecider } from './runner/decider.js';
export { type ExecutionOrphan, type Orphan, subjectOf, type WorkspaceOrphan } from './runner/orphan.js';

export type {
  ArtifactOrder,
  ArtifactRecord,
  CleanupCommand,
  CleanupEvent,
  CleanupOrder,
  CleanupReport,
  CleanupState,
} from './cleanup/cleanup.js';
export { cleanupDecider } from './cleanup/decider.js';
export { isProvenGone, isSettled } from './cleanup/is-settled.js';
export {
  type ArtifactWishes,
  executionsUnder,
  orderJobCleanup,
  orderSlotCleanup,
  orderTaskCleanup,
} from './cleanup/order-cleanup.js';

export {
  isSettled as isMemberSettled,
  type Bulk,
  type BulkCommand,
  type BulkEvent,
  type BulkMember,
  type BulkPlan,
  type BulkRequest,
  type BulkSelection,
  type BulkState,
  type BulkStatus,
  type EndedTarget,
  type MemberEnding,
} from './bulk-cancellation/bulk-cancellation.js';
export type { BulkCertificate } from './bulk-cancellation/certificate.js';
export { bulkDecider } from './bulk-cancellation/decider.js';
export { type BulkEffect, bulkEffectsOf } from './bulk-cancellation/effects.js';
export {
  countTargets,
  type SettledTarget,
  type TargetCounts,
  type TargetOutcome,
  targetsOf,
} from './bulk-cancellation/target-outcome.js';
export {
  type BulkTarget,
  criteriaOf,
  type JobCriteria,
  type JobSelector,
  OPEN_JOB_STATUSES,
  type OpenJobStatus,
  QUEUE_MODES,
  type QueueMode,
} from './bulk-cancellation/target.js';
export {
  REASON_CODES,
  STEPS,
  type Cancellation,
  type CancellationOptions,
  type CancellationPlan,
  type CancellationReason,
  type CancellationRequest,
  type CancellationState,
  type CancellationStatus,
  type CancellationTarget,
  type CertificateProof,
  type HeldSlot,
  type Hold,
  type JobFacts,
  type ReasonCode,
  type StepError,
  type StepName,
  type StepState,
  type TargetExecution,
  type TaskFacts,
  type VerificationPass,
} from './cancellation/cancellation.js';
export type { CancellationCommand } from './cancellation/cancellation-command.js';
export type { CancellationEvent } from './cancellation/cancellation-event.js';
export type { Certificate, ExecutionRecord } from './cancellation/certificate.js';
export { type AlreadyEnded, alreadyEnded, endedBy, isAnyLeft } from './cancellation/already-ended.js';
export { joinableKeys, targetKey } from './cancellation/target-keys.js';
export { effectKey, effectsOf, type CancellationEffect, type ExecutionStop } from './cancellation/effects.js';
export { liveTargets } from './cancellation/live-targets.js';
export {
  type RunnerFinding,
  type RunnerLook,
  runnerLooks,
  type VerifyEffect,
  verificationPass,
} from './cancellation/look.js';
export {
  CANCELLATIONS_HEAR,
  type HeardEvent,
  type InputOf,
  type Reaction,
  reactionTo,
  terminationOf,
} from './cancellation/reaction-to.js';
export { drawUpPlan, planTargets } from './cancellation/plan.js';
export { countSlotsOf } from './cancellation/planned.js';
export { planChanges, type PlanChange, type PlanItem, planItems } from './cancellation/plan-items.js';
export { explainedSilenceMs, isAtStandstill, STALLED_AFTER_MS, standingStill } from './cancellation/standstill.js';
export { finalizersBudgetMs, isSparedFinalizer } from './cancellation/finalizers.js';
export { jobFacts } from './cancellation/job-facts.js';
export { stopRequestFor } from './cancellation/stop-request.js';
export { stopsByRunner } from './cancellation/stops-by-runner.js';
export { cancellationDecider } from './cancellation/decider.js';
