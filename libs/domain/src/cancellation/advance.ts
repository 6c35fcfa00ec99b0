import type { Timestamp } from '../ids.js';
import { drawUpCertificate } from './certificate.js';
import { ATTEMPTS_BEFORE_INTERIM_OUTCOME } from './fail-step.js';
import { undone } from './hold.js';
import { countUnconfirmed } from './planned.js';
import type { Cancellation, CertificateProof, StepName, StepState } from './cancellation.js';
import type { CancellationEvent } from './cancellation-event.js';

/**
 * What the state itself now allows: steps that are done because nothing is left to wait for, the ones that open, and
 * the outcome — the final one with its certificate, or an honest interim one while the rest is driven on.
 */
export function advance(state: Cancellation, proof: CertificateProof, at: Timestamp): readonly CancellationEvent[] {
  if (state.hold?.phase === 'undoing') return undone(state, at);
  if (state.steps.verify.status === 'completed') return certified(state, proof, at);
  // A step that has just succeeded announced its being stuck long before, if it ever was.
  return [...nextSteps(state, at), ...interim(state, proof, at)];
}

const SIDE_BY_SIDE: readonly StepName[] = ['settle-states', 'release', 'clean'];

function nextSteps(state: Cancellation, at: Timestamp): readonly CancellationEvent[] {
  const { steps } = state;
  if (steps.terminate.status === 'open' && allGone(state)) return terminated(state, at);
  const settled = SIDE_BY_SIDE.every((step) => steps[step].status === 'completed');
  // Finalizers ran after the termination was complete; their end has to be proven like any other.
  if (steps.verify.status === 'waiting' && settled && allGone(state)) {
    return [{ type: 'StepStarted', step: 'verify', at }];
  }
  return [];
}

/** Ended, or fenced with the lease over: what is fenced keeps the outcome from being `completed` until it is proven. */
function allGone({ plan, terminations, unconfirmed }: Cancellation): boolean {
  return (
    plan !== null &&
    plan.executions.every(
      ({ execution }) => terminations.has(execution.executionId) || unconfirmed.has(execution.executionId),
    )
  );
}

function terminated(state: Cancellation, at: Timestamp): readonly CancellationEvent[] {
  const planned = state.plan?.executions ?? [];
  const forced = planned.filter(
    ({ execution }) => state.terminations.get(execution.executionId)?.ending.evidence.forced,
  ).length;
  const evidence = { executions: planned.length, forced, unconfirmed: countUnconfirmed(state) };
  return [
    { type: 'StepCompleted', step: 'terminate', evidence, at },
    ...SIDE_BY_SIDE.map((step): CancellationEvent => ({ type: 'StepStarted', step, at })),
  ];
}

function certified(state: Cancellation, proof: CertificateProof, at: Timestamp): readonly CancellationEvent[] {
  const certificate = drawUpCertificate(state, 'completed', proof, at);
  return [
    { type: 'StepStarted', step: 'certify', at },
    { type: 'StepCompleted', step: 'certify', evidence: { streamHash: certificate.streamHash }, at },
    { type: 'CancellationCompleted', certificate, at },
  ];
}

/** Once per kind: `unconfirmed` when nobody can look, `partial` when something known stays undone. */
function interim(state: Cancellation, proof: CertificateProof, at: Timestamp): readonly CancellationEvent[] {
  const stuck = Object.values(state.steps).filter(isGivenUp);
  const silent = stuck.some((step) => step.lastError?.code === 'runner-unreachable');
  if (countUnconfirmed(state) > 0 || silent) {
    if (state.status === 'unconfirmed') return [];
    const certificate = drawUpCertificate(state, 'unconfirmed', proof, at);
    return [{ type: 'CancellationLeftUnconfirmed', certificate, at }];
  }
  if (stuck.length === 0 || state.status === 'partial') return [];
  return [{ type: 'CancellationLeftPartial', certificate: drawUpCertificate(state, 'partial', proof, at), at }];
}

function isGivenUp({ status, attempts }: StepState): boolean {
  return status === 'open' && attempts >= ATTEMPTS_BEFORE_INTERIM_OUTCOME;
}
