import type { CancellationId, TaskId } from '../ids.js';
import type { CancellationPlan, JobFacts, TaskFacts } from './cancellation.js';

/** The plan, from what the dispatcher answered after it had blocked: nothing in it can change any more but by ending. */
export function drawUpPlan(
  facts: JobFacts,
  taskIds: readonly TaskId[],
  cancellationId: CancellationId,
): CancellationPlan {
  const targets = new Set(taskIds);
  const tasks = facts.tasks
    .filter((task) => targets.has(task.taskId))
    .map((task) => ({ ...task, action: actionFor(task, cancellationId) }))
    .reverse(); // Submitted order has dependencies first in practice; dependents are listed, and were blocked, before them.
  const executions = facts.executions.filter(({ execution }) => targets.has(execution.taskId));
  const mine = new Set(executions.map(({ execution }) => execution.executionId));
  return {
    tasks,
    executions,
    slots: facts.heldSlots.filter((slot) => mine.has(slot.executionId)),
    runnerId: facts.runnerId,
  };
}

function actionFor(task: TaskFacts, cancellationId: CancellationId): 'dequeued' | 'stop' | 'none' {
  if (task.status === 'cancelling') return 'stop';
  if (task.status !== 'cancelled' || task.cancellationId !== cancellationId) return 'none';
  return task.neverStarted ? 'dequeued' : 'stop';
}
