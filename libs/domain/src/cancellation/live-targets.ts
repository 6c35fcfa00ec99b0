import type { CancellationRequest, JobFacts, TaskFacts } from './cancellation.js';
import type { ExecutionStop } from './effects.js';
import { isSparedFinalizer } from './finalizers.js';
import { stopRequestFor } from './stop-request.js';

const LIVE: ReadonlySet<string> = new Set(['pending', 'running']);

const isTarget = (target: CancellationRequest['target'], task: TaskFacts): boolean =>
  target.kind === 'job' ? !isSparedFinalizer(task) : task.taskId === target.taskId;

/**
 * What can be signalled at once, beside the durable path: executions of the target that were live when the dispatcher
 * described the job. Of a task-wide cascade that is its root: dependents start after it completed, and which inputs nobody
 * needs any more is for the block to decide.
 */
export function liveTargets(
  { target, options, cancellationId }: CancellationRequest,
  facts: JobFacts,
): readonly ExecutionStop[] {
  const live = new Set(
    facts.tasks.filter((task) => LIVE.has(task.status) && isTarget(target, task)).map((task) => task.taskId),
  );
  return facts.executions
    .filter(({ execution }) => live.has(execution.taskId))
    .map((targeted) => ({ execution: targeted.execution, stop: stopRequestFor(targeted, options, cancellationId) }));
}
