import type { Cancellation, JobFacts, TaskFacts } from './cancellation.js';
import type { CancellationEvent } from './cancellation-event.js';
import type { Timestamp } from '../ids.js';

/** Left to run when the rest is gone, not stopped: unless it is a target itself, or was ended with a job that never began. */
export function isSparedFinalizer({ finalizer, status }: TaskFacts): boolean {
  return finalizer !== undefined && status !== 'cancelling' && status !== 'cancelled';
}

/** How the finalizers of a cancelled job ended, and the executions this cancellation has to prove gone besides its plan. */
export function recordFinalizers(facts: JobFacts, { plan }: Cancellation, at: Timestamp): readonly CancellationEvent[] {
  const ran = facts.tasks.filter((task) => task.finalizer !== undefined);
  if (ran.length === 0) return [];
  const planned = new Set((plan?.executions ?? []).map(({ execution }) => execution.executionId));
  const ids = new Set(ran.map(({ taskId }) => taskId));
  const executions = facts.executions.filter(
    ({ execution }) => ids.has(execution.taskId) && !planned.has(execution.executionId),
  );
  const finalizers = ran.map(({ key, status }) => ({ task: key, status }));
  return [{ type: 'FinalizersRecorded', finalizers, executions, at }];
}

/** The longest the finalizers of the plan may take, ms. */
export function finalizersBudgetMs({ plan, steps, finalizers }: Cancellation): number {
  if (finalizers || !plan || steps['settle-states'].status !== 'open') return 0;
  return Math.max(0, ...plan.tasks.map(({ finalizer }) => finalizer?.budgetMs ?? 0));
}
