import type { ExecutionResource } from '@necrocode/contracts';
import type { ExecutionId, ExecutionState, Task } from '@necrocode/domain';

/** An execution as its stream tells it; before its first event, as its task's assignment does. */
export function presentExecution(executionId: ExecutionId, task: Task, state: ExecutionState): ExecutionResource {
  if (state.status === 'unknown') return assigned(executionId, task);
  const { execution, status, stop, signals, startedAt, containment } = state;
  return {
    executionId,
    taskId: execution.taskId,
    runnerId: execution.runnerId,
    attempt: execution.attempt,
    status,
    slot: execution.slot,
    startedAt,
    endedAt: status === 'ended' ? state.endedAt : null,
    containment,
    stop,
    // A killed agent's signals are known only from the ending its successor reports.
    signals: status === 'ended' ? [...state.ending.evidence.signals] : [...signals],
    ending: status === 'ended' ? presentEnding(state.ending) : null,
  };
}

function presentEnding(ending: Extract<ExecutionState, { status: 'ended' }>['ending']): ExecutionResource['ending'] {
  const { evidence } = ending;
  return { ...ending, evidence: { ...evidence, signals: [...evidence.signals] } };
}

function assigned(executionId: ExecutionId, { spec, progress }: Task): ExecutionResource {
  const assignment =
    'assignment' in progress && progress.assignment.executionId === executionId ? progress.assignment : null;
  return {
    executionId,
    taskId: spec.taskId,
    runnerId: assignment?.runnerId ?? null,
    attempt: assignment?.attempt ?? null,
    status: 'starting',
    slot: assignment?.slot ?? null,
    startedAt: null,
    endedAt: null,
    containment: null,
    stop: null,
    signals: [],
    ending: null,
  };
}
