import { type Cancellation, type StepName, STEPS } from './cancellation.js';
import type { CancellationCommand } from './cancellation-command.js';
import type { CancellationEvent } from './cancellation-event.js';
import { finalizersBudgetMs } from './finalizers.js';
import { failStep } from './fail-step.js';
import { stopRequestFor } from './stop-request.js';

const NO_PROGRESS = 'no-progress';

/** Nothing moved for longer than patience and grace explain: each step that still waits has failed once more. */
export function recordStandstill(
  { steps, patienceMs, nextDriveAt, at }: Extract<CancellationCommand, { type: 'RecordStandstill' }>,
  state: Cancellation,
): readonly CancellationEvent[] {
  const silentMs = Date.parse(at) - Date.parse(state.movedAt);
  if (silentMs < patienceMs + explainedSilenceMs(state)) return [];
  return steps.flatMap((step) => {
    const message = whatIsMissing(step, state);
    return failStep(state, step, { code: NO_PROGRESS, message }, at, nextDriveAt);
  });
}

/** No evidence for so long, beyond what grace periods explain, is a stall, ms. */
export const STALLED_AFTER_MS = 5_000;

/** An attempt has failed so long after anything changed that the cancellation is stalled, and nothing has changed since. */
export function isAtStandstill(state: Cancellation): boolean {
  const { status, steps, movedAt } = state;
  if (status === 'completed' || status === 'undone') return false;
  const explainedMs = STALLED_AFTER_MS + explainedSilenceMs(state);
  return Object.values(steps).some(({ lastError, failedAt, status: step }) => {
    if (step !== 'open' || lastError === null || failedAt === null || failedAt < movedAt) return false;
    return lastError.code === NO_PROGRESS || Date.parse(failedAt) - Date.parse(movedAt) > explainedMs;
  });
}

/** Silence within a grace period or an undo window is what was asked for, and a finalizer may take its time, ms. */
export function explainedSilenceMs(state: Cancellation): number {
  const { cancellationId, plan, options, steps, terminations, hold, movedAt } = state;
  if (hold?.phase === 'holding') return Math.max(0, Date.parse(hold.until) - Date.parse(movedAt));
  const finalizing = finalizersBudgetMs(state);
  if (finalizing > 0) return finalizing;
  if (options.force || steps.terminate.status !== 'open') return 0;
  const open = (plan?.executions ?? []).filter(({ execution }) => !terminations.has(execution.executionId));
  return Math.max(0, ...open.map((target) => stopRequestFor(target, options, cancellationId).gracePeriodMs));
}

function whatIsMissing(step: StepName, { plan, terminations }: Cancellation): string {
  const executions = plan?.executions ?? [];
  switch (step) {
    case 'terminate': {
      const left = executions.filter(({ execution }) => !terminations.has(execution.executionId));
      return `${left.length} of ${executions.length} executions have not ended: ${left.map(({ taskKey }) => taskKey).join(', ')}`;
    }
    case 'settle-states':
      return 'not every state is final';
    case 'release':
      return 'not every slot is proven clean and free';
    case 'clean':
      return 'artifacts and workspace are not handled yet';
    case 'validate':
    case 'block-dispatch':
    case 'plan':
    case 'dequeue':
    case 'verify':
    case 'certify':
      return 'it is not done yet';
    default:
      return step satisfies never;
  }
}

/** Of one drive: steps that were open before it and are after it, with not even a failure between. */
export function standingStill(before: Cancellation, after: Cancellation): readonly StepName[] {
  return STEPS.filter((step) => {
    const [was, is] = [before.steps[step], after.steps[step]];
    return was.status === 'open' && is.status === 'open' && was.attempts === is.attempts;
  });
}
