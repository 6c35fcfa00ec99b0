import type { CancellationExecution } from '@necrocode/contracts';
import type { Cancellation, ExecutionId, ExecutionState, SignalEvidence, TargetExecution } from '@necrocode/domain';

/** Every execution of the plan: by its own stream while it is being ended, by the recorded ending afterwards. */
export function presentTargets(
  cancellation: Cancellation,
  states: ReadonlyMap<ExecutionId, ExecutionState>,
): CancellationExecution[] {
  return (cancellation.plan?.executions ?? []).map((target) =>
    presentTarget(target, cancellation, states.get(target.execution.executionId) ?? { status: 'unknown' }),
  );
}

function presentTarget(
  { execution, taskKey }: TargetExecution,
  { terminations, unconfirmed }: Cancellation,
  state: ExecutionState,
): CancellationExecution {
  const { executionId, taskId, runnerId } = execution;
  const ending = terminations.get(executionId)?.ending ?? (state.status === 'ended' ? state.ending : undefined);
  const signals = ending?.evidence.signals ?? (state.status === 'unknown' ? [] : state.signals);
  const fenced = unconfirmed.has(executionId) || state.status === 'fenced';
  return {
    executionId,
    taskId,
    task: taskKey,
    runnerId,
    status: ending ? 'ended' : fenced ? 'unconfirmed' : statusBySignals(signals),
    signals: [...signals],
    forced: ending?.evidence.forced ?? signals.some(({ signal }) => signal === 'SIGKILL'),
    exit: ending?.exit ?? null,
    containment: ending?.evidence.containment ?? (state.status === 'unknown' ? null : state.containment),
    assurance: ending?.evidence.assurance ?? null,
    peakProcesses: ending?.evidence.peakProcesses ?? null,
    survivors: ending?.evidence.survivors ?? null,
    provenGoneAt: ending?.evidence.provenGoneAt ?? null,
  };
}

function statusBySignals(signals: readonly SignalEvidence[]): CancellationExecution['status'] {
  if (signals.some(({ signal }) => signal === 'SIGKILL')) return 'forced';
  return signals.length > 0 ? 'stopping' : 'requested';
}
