import type { ExecutionId } from '../ids.js';
import type { Cancellation, CancellationPlan } from './cancellation.js';

/** Before there is a plan any execution may turn out to be in it: what is heard early is kept. */
export function mayConcern({ plan }: Cancellation, executionId: ExecutionId): boolean {
  return plan === null || plan.executions.some(({ execution }) => execution.executionId === executionId);
}

/** Planned executions that were fenced and are not yet proven gone. */
export function countUnconfirmed({ plan, unconfirmed }: Cancellation): number {
  return (plan?.executions ?? []).filter(({ execution }) => unconfirmed.has(execution.executionId)).length;
}

/** Slots the planned executions held; one that was free again before the plan was drawn up counts too. */
export function countSlotsOf({ executions, slots }: CancellationPlan): number {
  const holders = new Set(slots.map((slot) => slot.executionId));
  for (const { execution } of executions) if (execution.slot) holders.add(execution.executionId);
  return holders.size;
}
