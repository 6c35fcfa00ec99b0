import type { ResourceError, TaskResource } from '@necrocode/contracts';
import type { ExecutionId, ExecutionState, JobId, Task, TaskError, TaskProgress } from '@necrocode/domain';
import { catalogEntry } from '@necrocode/error-catalog';
import { taskActions } from './actions.js';
import { presentExecution } from './present-execution.js';

export type ExecutionStates = ReadonlyMap<ExecutionId, ExecutionState>;

export function presentTask(jobId: JobId, task: Task, states: ExecutionStates): TaskResource {
  const { spec, progress, attempts, executionIds } = task;
  const executions = executionIds.map((executionId) =>
    presentExecution(executionId, task, states.get(executionId) ?? { status: 'unknown' }),
  );
  return {
    taskId: spec.taskId,
    jobId,
    key: spec.key,
    status: progress.status,
    command: [...spec.command],
    handler: spec.handler?.name ?? null,
    environment: Object.keys(spec.env),
    dependsOn: [...spec.dependsOn],
    slotPool: spec.slotPool,
    timeoutMs: spec.timeoutMs,
    gracePeriodMs: spec.gracePeriodMs,
    signal: spec.signal,
    onCancelArtifacts: spec.onCancelArtifacts,
    optional: spec.optional,
    always: spec.always ?? null,
    attempts,
    maxAttempts: spec.retry.maxAttempts,
    ...whatBecameOfIt(progress),
    reusedFrom: spec.reusedFrom ? { jobId: spec.reusedFrom.jobId, executionId: spec.reusedFrom.executionId } : null,
    startedAt: executions.flatMap(({ startedAt }) => startedAt ?? []).sort()[0] ?? null,
    executions,
    actions: taskActions(task),
  };
}

/** The facts only some statuses have; null for the others. */
function whatBecameOfIt(
  progress: TaskProgress,
): Pick<TaskResource, 'result' | 'error' | 'notBefore' | 'cancellationId' | 'neverStarted' | 'because' | 'endedAt'> {
  return {
    // Cast: reported as JSON, kept as JSON; the domain does not look inside.
    result: ('result' in progress ? progress.result : null) as TaskResource['result'],
    error: 'error' in progress ? presentError(progress.error) : null,
    notBefore: progress.status === 'retrying' ? progress.notBefore : null,
    cancellationId: 'cancellationId' in progress ? progress.cancellationId : null,
    neverStarted: progress.status === 'cancelled' ? progress.neverStarted : null,
    because: progress.status === 'skipped' ? progress.because : null,
    endedAt: 'endedAt' in progress ? progress.endedAt : null,
  };
}

export function presentError({ code, message }: TaskError): ResourceError {
  return { code, message, hint: catalogEntry(code).hint };
}
