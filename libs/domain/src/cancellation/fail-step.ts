import type { Timestamp } from '../ids.js';
import type { Cancellation, CancellationEvent, StepError, StepName } from './cancellation.js';

/** A failure is recorded and the step driven again; one that stays gives the cancellation an honest interim outcome. */
export function failStep(
  state: Cancellation,
  step: StepName,
  error: StepError,
  at: Timestamp,
  nextDriveAt?: Timestamp,
): readonly CancellationEvent[] {
  if (state.steps[step].status !== 'open') return [];
  const attempt = state.steps[step].attempts + 1;
  return [
    { type: 'StepFailed', step, attempt, error, at },
    { type: 'StepRetried', step, attempt: attempt + 1, ...(nextDriveAt === undefined ? {} : { nextDriveAt }), at },
  ];
}
