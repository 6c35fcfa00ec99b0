import type { Timestamp } from '../ids.js';
import type { Cancellation, StepError, StepName, StepState } from './cancellation.js';
import type { CancellationEvent } from './cancellation-event.js';

/** Failures of one step after which a cancellation says what it knows, while it goes on trying. */
export const ATTEMPTS_BEFORE_INTERIM_OUTCOME = 8;

/** A failure is recorded and the step driven again; one that stays gives the cancellation an honest interim outcome. */
export function failStep(
  state: Cancellation,
  step: StepName,
  error: StepError,
  at: Timestamp,
  nextDriveAt?: Timestamp,
): readonly CancellationEvent[] {
  const { status, attempts } = state.steps[step];
  if (status !== 'open' || !isWorthSaying(state.steps[step], state.movedAt, at)) return [];
  const attempt = attempts + 1;
  return [
    { type: 'StepFailed', step, attempt, error, at },
    { type: 'StepRetried', step, attempt: attempt + 1, ...(nextDriveAt === undefined ? {} : { nextDriveAt }), at },
  ];
}

/** Once the outcome is announced the same is said ever more rarely: a stream must not grow with the time it waits. */
function isWorthSaying({ attempts, failedAt }: StepState, movedAt: Timestamp, at: Timestamp): boolean {
  if (attempts < ATTEMPTS_BEFORE_INTERIM_OUTCOME || failedAt === null) return true;
  const silentMs = Date.parse(at) - Date.parse(movedAt);
  return Date.parse(at) - Date.parse(failedAt) >= silentMs / 3;
}
