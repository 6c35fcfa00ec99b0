import type { Containment, SignalEvidence } from '../execution/execution.js';
import type { Timestamp } from '../ids.js';
import type { SparedTask } from '../job/job.js';
import { countSlotsOf } from './planned.js';
import {
  STEPS,
  type Cancellation,
  type CancellationReason,
  type CancellationTarget,
  type CertificateProof,
  type FinalizerRecord,
  type StepError,
  type StepName,
} from './cancellation.js';

/** The proof of a cancellation: who asked, what was signalled, what needed force, and what was checked afterwards. */
export interface Certificate {
  readonly cancellationId: string;
  readonly outcome: 'completed' | 'partial' | 'unconfirmed';
  readonly target: CancellationTarget;
  readonly requestedBy: string;
  readonly reason: CancellationReason;
  readonly requestedAt: Timestamp;
  /** From the request in the gateway's hand to its durable record, ms. */
  readonly acknowledgedAfterMs: number;
  /** From the request to the moment the last process was proven gone, ms; null when nothing ran or nobody knows. */
  readonly lastProcessGoneAfterMs: number | null;
  readonly completedAfterMs: number;
  readonly tasks: {
    readonly cancelled: number;
    /** Of the cancelled ones. */
    readonly neverStarted: number;
    readonly completedBefore: number;
    readonly failedBefore: number;
    readonly skipped: number;
  };
  /** What depends on the cancelled task and was left alone, by key; absent when there is nothing. */
  readonly spared?: readonly { readonly task: string; readonly fate: SparedTask['fate'] }[];
  /** What ran when everything else was proven gone, and how it ended; absent where there was nothing. */
  readonly finalizers?: readonly FinalizerRecord[];
  readonly executions: readonly ExecutionRecord[];
  readonly slots: { readonly released: number; readonly held: number };
  readonly artifacts: {
    readonly kept: number;
    readonly quarantined: number;
    readonly deleted: number;
    readonly filesRemoved: number;
    readonly bytesFreed: number;
  };
  readonly verification: {
    readonly passes: number;
    readonly survivors: number;
    readonly heldSlots: number;
    readonly openStates: number;
    readonly leftFiles: number;
  };
  /** What was not done when an interim outcome was certified, and why; absent once completed. */
  readonly left?: readonly (StepError & { readonly step: StepName })[];
  readonly traceId: string | null;
  readonly streamHash: string;
}

export interface ExecutionRecord {
  readonly executionId: string;
  readonly task: string;
  /** Ran after all others were gone. Absent otherwise. */
  readonly finalizer?: true;
  readonly runner: string;
  readonly containment: Containment | null;
  readonly assurance: 'kernel' | 'swept' | 'unconfirmed';
  readonly signals: readonly SignalEvidence[];
  readonly forced: boolean;
  readonly exit: { readonly code: number | null; readonly signal: string | null };
  readonly started: boolean;
  readonly peakProcesses: number;
  readonly survivors: number;
  readonly provenGoneAt: Timestamp | null;
}

/** Draws the certificate up from the saga's state. */
export function drawUpCertificate(
  state: Cancellation,
  outcome: Certificate['outcome'],
  { acknowledgedAt, traceId, streamHash }: CertificateProof,
  at: Timestamp,
): Certificate {
  const executions = executionRecords(state);
  const spared = state.plan?.spared?.map(({ key, fate }) => ({ task: key, fate }));
  const lastGoneAt = whenAllWereGone(executions);
  // Hosts' clocks may disagree by more than a step takes; a time before the request is none.
  const since = (time: Timestamp): number => Math.max(0, Date.parse(time) - Date.parse(state.requestedAt));
  return {
    cancellationId: state.cancellationId,
    outcome,
    target: state.target,
    requestedBy: state.requestedBy,
    reason: state.reason,
    requestedAt: state.requestedAt,
    acknowledgedAfterMs: since(acknowledgedAt),
    lastProcessGoneAfterMs: lastGoneAt === null ? null : since(lastGoneAt),
    completedAfterMs: since(at),
    tasks: countTasks(state),
    ...(spared ? { spared } : {}),
    ...(state.finalizers ? { finalizers: state.finalizers } : {}),
    executions,
    slots: countSlots(state),
    artifacts: countArtifacts(state),
    verification: {
      passes: state.cleanPasses,
      survivors: state.lastPass?.survivors ?? 0,
      heldSlots: state.lastPass?.heldSlots ?? 0,
      openStates: state.lastPass?.openStates ?? 0,
      leftFiles: state.lastPass?.leftFiles ?? 0,
    },
    ...(outcome === 'completed' ? {} : { left: whatIsLeft(state) }),
    traceId,
    streamHash,
  };
}

function whatIsLeft({ steps }: Cancellation): NonNullable<Certificate['left']> {
  return STEPS.flatMap((step) => {
    const { status, lastError } = steps[step];
    return status === 'open' && lastError ? [{ step, ...lastError }] : [];
  });
}

/** Of what was cancelled: finalizers come after it. null when nothing ran, or when somebody has not been proven gone. */
function whenAllWereGone(executions: readonly ExecutionRecord[]): Timestamp | null {
  const ran = executions.filter((execution) => execution.started && !execution.finalizer);
  const goneAt = ran.flatMap((execution) => execution.provenGoneAt ?? []).sort();
  return goneAt.length < ran.length ? null : (goneAt.at(-1) ?? null);
}

function executionRecords({ plan, terminations, finalizers = [] }: Cancellation): readonly ExecutionRecord[] {
  const last = new Set(finalizers.map(({ task }) => task));
  return (plan?.executions ?? []).map(({ execution, taskKey }) => {
    const finalizer = last.has(taskKey) ? { finalizer: true as const } : {};
    const identity = { executionId: execution.executionId, task: taskKey, ...finalizer, runner: execution.runnerId };
    const ending = terminations.get(execution.executionId)?.ending;
    if (!ending) return { ...identity, ...UNKNOWN_ENDING };
    const { containment, assurance, signals, forced, peakProcesses, survivors, provenGoneAt } = ending.evidence;
    const { exit, started } = ending;
    return {
      ...identity,
      containment,
      assurance,
      signals,
      forced,
      exit,
      started,
      peakProcesses,
      survivors,
      provenGoneAt,
    };
  });
}

const UNKNOWN_ENDING = {
  containment: null,
  assurance: 'unconfirmed',
  signals: [],
  forced: false,
  exit: { code: null, signal: null },
  started: true,
  peakProcesses: 0,
  survivors: 0,
  provenGoneAt: null,
} as const;

function countTasks({ plan, terminations }: Cancellation): Certificate['tasks'] {
  const tasks = plan?.tasks ?? [];
  const count = (test: (task: (typeof tasks)[number]) => boolean): number => tasks.filter(test).length;
  const neverRan = new Set(
    [...terminations.values()]
      .filter(({ ending, execution }) => !ending.started && execution.attempt === 1)
      .map(({ execution }) => execution.taskId),
  );
  const cancelled = tasks.filter((task) => task.action !== 'none');
  return {
    cancelled: cancelled.length,
    neverStarted: cancelled.filter((task) => task.neverStarted || neverRan.has(task.taskId)).length,
    completedBefore: count((task) => task.action === 'none' && task.status === 'completed'),
    failedBefore: count((task) => task.action === 'none' && task.status === 'failed'),
    skipped: count((task) => task.action === 'none' && task.status === 'skipped'),
  };
}

function countSlots({ plan, lastPass, steps }: Cancellation): Certificate['slots'] {
  const planned = plan ? countSlotsOf(plan) : 0;
  const open = steps.release.status === 'completed' ? 0 : planned;
  const held = lastPass?.heldSlots ?? open;
  return { released: Math.max(0, planned - held), held };
}

function countArtifacts({ cleanup }: Cancellation): Certificate['artifacts'] {
  const artifacts = cleanup?.artifacts ?? [];
  const count = (policy: string): number => artifacts.filter((artifact) => artifact.policy === policy).length;
  return {
    kept: count('keep'),
    quarantined: count('quarantine'),
    deleted: count('delete'),
    filesRemoved: cleanup?.filesRemoved ?? 0,
    bytesFreed: cleanup?.bytesFreed ?? 0,
  };
}
