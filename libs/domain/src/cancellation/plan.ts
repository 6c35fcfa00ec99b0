import type { CancellationId, TaskId } from '../ids.js';
import type { SparedTask } from '../job/job.js';
import { isSparedFinalizer } from './finalizers.js';
import type { CancellationPlan, CancellationTarget, JobFacts, TaskFacts } from './cancellation.js';

/** The plan, from what the dispatcher answered after it had blocked: nothing in it can change any more but by ending. */
export function drawUpPlan(
  facts: JobFacts,
  taskIds: readonly TaskId[],
  cancellationId: CancellationId,
  spared: readonly SparedTask[] = [],
): CancellationPlan {
  const targets = new Set(taskIds);
  const spare = new Set(facts.tasks.filter(isSparedFinalizer).map((task) => task.taskId));
  const executions = facts.executions.filter(
    ({ execution }) => targets.has(execution.taskId) && !spare.has(execution.taskId),
  );
  const earlier = facts.earlier.filter(({ execution }) => targets.has(execution.taskId));
  const executed = new Set(executions.map(({ execution }) => execution.taskId));
  const tasks = facts.tasks
    .filter((task) => targets.has(task.taskId))
    .map((task) => ({ ...task, action: actionFor(task, cancellationId, executed.has(task.taskId)) }))
    .reverse();
  const mine = new Set(executions.map(({ execution }) => execution.executionId));
  return {
    tasks,
    executions,
    slots: facts.heldSlots.filter((slot) => mine.has(slot.executionId)),
    runnerId: facts.runnerId,
    ...(earlier.length === 0 ? {} : { earlier }),
    ...(spared.length === 0 ? {} : { spared }),
  };
}

/** Also when it came too late and blocked nothing, so that the certificate can say what had happened instead. */
export function planTargets(
  target: CancellationTarget,
  facts: JobFacts,
  blocked: readonly TaskId[],
): readonly TaskId[] {
  return target.kind === 'job' ? facts.tasks.map((task) => task.taskId) : [...blocked, target.taskId];
}

function actionFor(
  { status, cancellationId }: TaskFacts,
  mine: CancellationId,
  executed: boolean,
): 'dequeued' | 'stop' | 'none' {
  if (status === 'cancelling') return 'stop'; // Also when another cancellation began it: this one waits for it too.
  if (status !== 'cancelled' || cancellationId !== mine) return 'none';
  return executed ? 'stop' : 'dequeued';
}
