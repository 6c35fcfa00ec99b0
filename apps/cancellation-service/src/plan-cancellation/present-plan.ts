import type { CancellationPlanResource } from '@necrocode/contracts';
import {
  type CancellationPlan,
  type CancellationRequest,
  type ExecutionId,
  type JobFacts,
  stopRequestFor,
} from '@necrocode/domain';

/** Pure: a plan for the eyes of whoever asked, each task with the state it is in before anything happens to it. */
export function presentPlan(
  { options, cancellationId }: Pick<CancellationRequest, 'options' | 'cancellationId'>,
  { tasks, executions, slots, spared = [] }: CancellationPlan,
  before: JobFacts,
  processes: ReadonlyMap<ExecutionId, number>,
): Omit<CancellationPlanResource, 'joins' | 'planToken'> {
  const now = new Map(before.tasks.map((task) => [task.taskId, task]));
  return {
    tasks: tasks.map(({ taskId, key, action, status, neverStarted }) => ({
      taskId,
      key,
      action,
      status: now.get(taskId)?.status ?? status,
      neverStarted: now.get(taskId)?.neverStarted ?? neverStarted,
    })),
    spared: spared.map(({ taskId, key, fate }) => ({ taskId, task: key, fate })),
    executions: executions.map((target) => {
      const { executionId, taskId, runnerId } = target.execution;
      const { signal, signalTo, gracePeriodMs, force } = stopRequestFor(target, options, cancellationId);
      return {
        executionId,
        taskId,
        task: target.taskKey,
        runnerId,
        signal,
        signalTo,
        gracePeriodMs,
        force,
        processes: processes.get(executionId) ?? null,
      };
    }),
    runners: [...new Set(executions.map(({ execution }) => execution.runnerId))],
    // Cast: a slot's id was made by its runner from the same form.
    slots: slots.map((slot) => ({
      ...slot,
      slotId: slot.slotId as CancellationPlanResource['slots'][number]['slotId'],
    })),
    artifacts: options.artifacts,
  };
}
