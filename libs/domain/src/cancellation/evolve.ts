import type { Cancellation, CancellationState, StepName, StepState } from './cancellation.js';
import type { CancellationEvent } from './cancellation-event.js';
import { STEPS } from './cancellation.js';
import { evolveHold, openHold } from './hold.js';

const waiting: StepState = {
  status: 'waiting',
  attempts: 0,
  startedAt: null,
  completedAt: null,
  evidence: null,
  lastError: null,
  failedAt: null,
  nextDriveAt: null,
};

/** Events that say somebody tried, looked or asked, not that anything changed. */
const NO_MOVE: ReadonlySet<CancellationEvent['type']> = new Set([
  'StepFailed',
  'StepRetried',
  'VerificationFailed',
  'CancellationJoined',
  'CancellationLeftPartial',
  'CancellationLeftUnconfirmed',
]);

/** What happened to a cancellation. Total; no rules. */
export function evolveCancellation(state: CancellationState, event: CancellationEvent): CancellationState {
  if (event.type === 'CancellationRequested') return requested(event);
  if (state.status === 'unknown') return state;
  const after = apply(state, event);
  return NO_MOVE.has(event.type) ? after : { ...after, movedAt: event.at };
}

function apply(
  state: Cancellation,
  event: Exclude<CancellationEvent, { type: 'CancellationRequested' }>,
): Cancellation {
  switch (event.type) {
    case 'CancellationJoined':
      return state;
    case 'CancellationUpgraded':
      return { ...state, options: event.options };
    case 'StepStarted':
      return withStep(state, event.step, { status: 'open', startedAt: event.at });
    case 'StepCompleted':
      return withStep(state, event.step, {
        status: 'completed',
        completedAt: event.at,
        evidence: event.evidence,
        nextDriveAt: null,
      });
    case 'StepFailed':
      return withStep(state, event.step, { attempts: event.attempt, lastError: event.error, failedAt: event.at });
    case 'StepRetried':
      return withStep(state, event.step, { nextDriveAt: event.nextDriveAt ?? null });
    case 'CancellationPlanned':
      return { ...state, status: state.status === 'requested' ? 'in-progress' : state.status, plan: event.plan };
    case 'TerminationRecorded':
      return {
        ...state,
        terminations: new Map([
          ...state.terminations,
          [event.execution.executionId, { execution: event.execution, ending: event.ending }],
        ]),
        unconfirmed: new Set([...state.unconfirmed].filter((id) => id !== event.execution.executionId)),
      };
    case 'TerminationUnconfirmed':
      return { ...state, unconfirmed: new Set([...state.unconfirmed, event.executionId]) };
    case 'FinalizersRecorded': {
      const { plan } = state;
      const executions = [...(plan?.executions ?? []), ...event.executions];
      const earlier = [...(plan?.earlier ?? []), ...(event.earlier ?? [])];
      const all = { executions, ...(earlier.length === 0 ? {} : { earlier }) };
      return { ...state, finalizers: event.finalizers, plan: plan && { ...plan, ...all } };
    }
    case 'CleanupRecorded':
      return { ...state, cleanup: event.report };
    case 'VerificationPassed':
      return { ...state, cleanPasses: state.cleanPasses + 1, lastPass: event.pass };
    case 'VerificationFailed':
      return { ...state, cleanPasses: 0, lastPass: event.pass };
    case 'TasksHeld':
    case 'ExecutionsFrozen':
    case 'UndoWindowClosed':
    case 'UndoRequested':
    case 'TasksReleased':
    case 'ExecutionsThawed':
      return { ...state, hold: state.hold && evolveHold(state.hold, event) };
    case 'CancellationUndone':
      return { ...state, hold: state.hold && evolveHold(state.hold, event), status: 'undone', endedAt: event.at };
    case 'CancellationCompleted':
      return { ...state, status: 'completed', certificate: event.certificate, endedAt: event.at };
    case 'CancellationLeftPartial':
      return { ...state, status: 'partial', certificate: event.certificate, endedAt: event.at };
    case 'CancellationLeftUnconfirmed':
      return { ...state, status: 'unconfirmed', certificate: event.certificate, endedAt: event.at };
    default:
      return event satisfies never;
  }
}

function requested(event: Extract<CancellationEvent, { type: 'CancellationRequested' }>): Cancellation {
  const { cancellationId, target, options, reason, requestedBy, fingerprint, requestedAt, undoWindowMs, bulkId, at } =
    event;
  return {
    status: 'requested',
    cancellationId,
    target,
    options,
    reason,
    requestedBy,
    fingerprint,
    requestedAt,
    ...(bulkId === undefined ? {} : { bulkId }),
    steps: Object.fromEntries(STEPS.map((step) => [step, waiting])) as Record<StepName, StepState>,
    hold: undoWindowMs === undefined ? null : openHold(at, undoWindowMs),
    plan: null,
    terminations: new Map(),
    unconfirmed: new Set(),
    cleanup: null,
    cleanPasses: 0,
    lastPass: null,
    certificate: null,
    endedAt: null,
    movedAt: at,
  };
}

function withStep(state: Cancellation, step: StepName, change: Partial<StepState>): Cancellation {
  return { ...state, steps: { ...state.steps, [step]: { ...state.steps[step], ...change } } };
}
