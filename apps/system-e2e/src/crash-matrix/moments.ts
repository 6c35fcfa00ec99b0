import type { StepName } from '@necrocode/domain';
import type { Victim } from '../faults/victims.js';

/** Something that is there to stay, on the way of a cancel: what may die just before it, and just after. */
export interface Moment {
  /** The step it belongs to; an append that completes several is under the first. */
  readonly step: StepName;
  /** Whose it is. */
  readonly by: Victim;
  readonly what: string;
}

/** Every append that a step waits for, in the order of a cancel: first its owner's, then the one that records it. */
export const MOMENTS: readonly Moment[] = [
  { step: 'validate', by: 'cancellation-service', what: 'CancellationRequested' },
  { step: 'block-dispatch', by: 'dispatcher', what: 'DispatchBlocked' },
  // With plan and dequeue: one append completes all three.
  { step: 'block-dispatch', by: 'cancellation-service', what: 'StepCompleted:block-dispatch' },
  { step: 'terminate', by: 'runner-monitor', what: 'ExecutionStopRequested' },
  { step: 'terminate', by: 'runner-monitor', what: 'ExecutionSignalled' },
  { step: 'terminate', by: 'runner-1', what: 'report:ended' },
  { step: 'terminate', by: 'runner-monitor', what: 'ExecutionEnded' },
  { step: 'terminate', by: 'cancellation-service', what: 'StepCompleted:terminate' },
  { step: 'settle-states', by: 'dispatcher', what: 'JobCancelled' },
  { step: 'settle-states', by: 'cancellation-service', what: 'StepCompleted:settle-states' },
  { step: 'release', by: 'artifact-cleaner', what: 'SlotProvenClean' },
  { step: 'release', by: 'dispatcher', what: 'SlotFreed' },
  { step: 'release', by: 'cancellation-service', what: 'StepCompleted:release' },
  { step: 'clean', by: 'artifact-cleaner', what: 'CleanupCompleted' },
  { step: 'clean', by: 'cancellation-service', what: 'StepCompleted:clean' },
  // With certify: the certificate is in the same append.
  { step: 'verify', by: 'cancellation-service', what: 'StepCompleted:verify' },
];

/** The steps that share an append with the one before them. */
export const SHARES_APPEND_OF: Readonly<Partial<Record<StepName, StepName>>> = {
  plan: 'block-dispatch',
  dequeue: 'block-dispatch',
  certify: 'verify',
};
