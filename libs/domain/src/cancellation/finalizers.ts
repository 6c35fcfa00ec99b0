import type { Cancellation, JobFacts, TargetExecution, TaskFacts } from './cancellation.js';
import type { CancellationEvent } from './cancellation-event.js';
import type { ExecutionId, Timestamp } from '../ids.js';

/** Left to run when the rest is gone, not stopped: unless it is a target itself, or was ended with a job that never began. */
export function isSparedFinalizer({ finalizer, status }: TaskFacts): boolean {
  return finalizer !== undefined && status !== 'cancelling' && status !== 'cancelled';
}

/** How the finalizers of a cancelled job ended, and the executions this cancellation has to prove gone besides its plan. */
export function recordFinalizers(facts: JobFacts, { plan }: Cancellation, at: Timestamp): readonly CancellationEvent[] {
  const ran = facts.tasks.filter((task) => task.finalizer !== undefined);
  if (ran.length === 0) return [];
  const planned = new Set([...(plan?.executions ?? []), ...(plan?.earlier ?? [])].map(idOf));
  const ids = new Set(ran.map(({ taskId }) => taskId));
  const besides = (targets: readonly TargetExecution[]): readonly TargetExecution[] =>
    targets.filter((target) => ids.has(target.execution.taskId) && !planned.has(idOf(target)));
  const [executions, earlier] = [besides(facts.executions), besides(facts.earlier)];
  const finalizers = ran.map(({ key, status }) => ({ task: key, status }));
  return [{ type: 'FinalizersRecorded', finalizers, executions, ...(earlier.length === 0 ? {} : { earlier }), at }];
}

const idOf = ({ execution }: TargetExecution): ExecutionId => execution.executionId;

/** The longest the finalizers of the plan may take, ms. */
export function finalizersBudgetMs({ plan, steps, finalizers }: Cancellation): number {
  if (finalizers || !plan || steps['settle-states'].status !== 'open') return 0;
  return Math.max(0, ...plan.tasks.map(({ finalizer }) => finalizer?.budgetMs ?? 0));
}
