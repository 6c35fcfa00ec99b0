import type { Cancellation, CancellationEvent, CancellationState, StepName, StepState } from './cancellation.js';
import { STEPS } from './cancellation.js';

const waiting: StepState = {
  status: 'waiting',
  attempts: 0,
  startedAt: null,
  completedAt: null,
  evidence: null,
  lastError: null,
};

/** What happened to a cancellation. Total; no rules. */
export function evolveCancellation(state: CancellationState, event: CancellationEvent): CancellationState {
  if (event.type === 'CancellationRequested') return requested(event);
  if (state.status === 'unknown') return state;
  switch (event.type) {
    case 'CancellationJoined':
      return state;
    case 'CancellationUpgraded':
      return { ...state, options: event.options };
    case 'StepStarted':
      return withStep(state, event.step, { status: 'open', startedAt: event.at });
    case 'StepCompleted':
      return withStep(state, event.step, { status: 'completed', completedAt: event.at, evidence: event.evidence });
    case 'StepFailed':
      return withStep(state, event.step, { attempts: event.attempt, lastError: event.error });
    case 'StepRetried':
      return state;
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
    case 'CleanupRecorded':
      return { ...state, cleanup: event.report };
    case 'VerificationPassed':
      return { ...state, cleanPasses: state.cleanPasses + 1, lastPass: event.pass };
    case 'VerificationFailed':
      return { ...state, cleanPasses: 0, lastPass: event.pass };
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
  const { cancellationId, target, options, reason, requestedBy, fingerprint, requestedAt } = event;
  return {
    status: 'requested',
    cancellationId,
    target,
    options,
    reason,
    requestedBy,
    fingerprint,
    requestedAt,
    steps: Object.fromEntries(STEPS.map((step) => [step, waiting])) as Record<StepName, StepState>,
    plan: null,
    terminations: new Map(),
    unconfirmed: new Set(),
    cleanup: null,
    cleanPasses: 0,
    lastPass: null,
    certificate: null,
    endedAt: null,
  };
}

function withStep(state: Cancellation, step: StepName, change: Partial<StepState>): Cancellation {
  return { ...state, steps: { ...state.steps, [step]: { ...state.steps[step], ...change } } };
}
