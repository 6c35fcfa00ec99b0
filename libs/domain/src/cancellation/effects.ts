import type { StopRequest, ExecutionIdentity } from '../execution/execution.js';
import type { CancellationId, JobId, RunnerId, TaskId, Timestamp } from '../ids.js';
import type { Cascade } from '../job/job.js';
import type { Cancellation, CancellationState, Hold, StepName, TargetExecution } from './cancellation.js';
import { toThaw } from './hold.js';
import { stopRequestFor } from './stop-request.js';

/** Something another service is to be asked for. Asking twice is harmless: each answers with how things stand. */
export type CancellationEffect =
  | {
      readonly type: 'block-dispatch';
      readonly step: StepName;
      readonly cancellationId: CancellationId;
      readonly jobId: JobId;
      readonly taskId: TaskId | null;
      readonly cascade: Cascade;
    }
  | {
      readonly type: 'park-tasks';
      readonly step: StepName;
      readonly cancellationId: CancellationId;
      readonly jobId: JobId;
      readonly taskId: TaskId | null;
      readonly cascade: Cascade;
    }
  | {
      readonly type: 'unpark-tasks';
      readonly step: StepName;
      readonly cancellationId: CancellationId;
      readonly jobId: JobId;
    }
  | {
      readonly type: 'freeze-executions' | 'thaw-executions';
      readonly step: StepName;
      readonly cancellationId: CancellationId;
      readonly executions: readonly ExecutionIdentity[];
    }
  | { readonly type: 'stop-executions'; readonly step: StepName; readonly stops: readonly ExecutionStop[] }
  | { readonly type: 'describe-job'; readonly step: StepName; readonly jobId: JobId }
  | {
      readonly type: 'clean';
      readonly step: StepName;
      readonly cancellationId: CancellationId;
      readonly jobId: JobId;
      /** null for the whole job. */
      readonly taskIds: readonly TaskId[] | null;
      /** When files were found in its workspace, which had been cleaned before; null: it has not been. */
      readonly foundAt: Timestamp | null;
    }
  | {
      readonly type: 'verify';
      readonly step: StepName;
      readonly jobId: JobId;
      readonly runnerId: RunnerId | null;
      readonly executions: readonly ExecutionIdentity[];
      /** Had ended by themselves: nothing of them may be alive either. */
      readonly earlier: readonly ExecutionIdentity[];
      readonly taskIds: readonly TaskId[];
      /** The job itself must be over and its workspace gone. */
      readonly wholeJob: boolean;
    };

export interface ExecutionStop {
  readonly execution: ExecutionIdentity;
  readonly stop: StopRequest;
}

/**
 * Everything the open steps wait for. Derived from the state alone, so whoever takes over after a crash asks for the
 * same things: the intent is stored, then driven until it is true.
 */
export function effectsOf(state: CancellationState): readonly CancellationEffect[] {
  if (state.status === 'unknown' || state.status === 'completed' || state.status === 'undone') return [];
  if (state.hold && state.hold.phase !== 'closed') return holdEffects(state, state.hold);
  const { steps, target, cancellationId } = state;
  const { jobId } = target;
  const taskId = target.kind === 'task' ? target.taskId : null;
  const effects: CancellationEffect[] = [];
  if (steps['block-dispatch'].status === 'open') {
    const cascade = target.kind === 'task' ? target.cascade : 'dependents';
    effects.push({ type: 'block-dispatch', step: 'block-dispatch', cancellationId, jobId, taskId, cascade });
  }
  const stops = outstandingStops(state);
  if (stops.length > 0) effects.push({ type: 'stop-executions', step: 'terminate', stops });
  if (steps['settle-states'].status === 'open') effects.push({ type: 'describe-job', step: 'settle-states', jobId });
  else if (steps.release.status === 'open') effects.push({ type: 'describe-job', step: 'release', jobId });
  const taskIds = state.plan?.tasks.map((task) => task.taskId) ?? [];
  // The workspace of a job is in use until the job is over: to ask before that would only be to ask again.
  const mayClean = taskId !== null || steps['settle-states'].status === 'completed';
  if (steps.clean.status === 'open' && mayClean) {
    const ofTasks = taskId === null ? null : taskIds;
    effects.push({ type: 'clean', step: 'clean', cancellationId, jobId, taskIds: ofTasks, foundAt: null });
  }
  if (steps.verify.status === 'open') {
    const identities = (targets: readonly TargetExecution[] = []) => targets.map(({ execution }) => execution);
    const executions = identities(state.plan?.executions);
    const earlier = identities(state.plan?.earlier);
    const runnerId = state.plan?.runnerId ?? null;
    const wholeJob = taskId === null;
    const { lastPass } = state;
    // Not before nobody is left who could write there again.
    if (lastPass && lastPass.leftFiles > 0 && lastPass.survivors === 0)
      effects.push({ type: 'clean', step: 'verify', cancellationId, jobId, taskIds: null, foundAt: lastPass.at });
    effects.push({ type: 'verify', step: 'verify', jobId, runnerId, executions, earlier, taskIds, wholeJob });
  }
  return effects;
}

/**
 * While the window is open what is frozen is asked to be so again by every drive: a runner that was restarted has
 * forgotten what it was told of executions that are still to start.
 */
function holdEffects(state: Cancellation, hold: Hold): readonly CancellationEffect[] {
  const { cancellationId, target } = state;
  const { jobId } = target;
  const step = 'block-dispatch';
  if (hold.phase === 'undoing') {
    const executions = toThaw(hold);
    return [
      ...(hold.released ? [] : [{ type: 'unpark-tasks', step, cancellationId, jobId } as const]),
      ...(executions.length === 0 ? [] : [{ type: 'thaw-executions', step, cancellationId, executions } as const]),
    ];
  }
  if (hold.taskIds === null) {
    const scope = target.kind === 'task' ? target : { taskId: null, cascade: 'dependents' as const };
    return [{ type: 'park-tasks', step, cancellationId, jobId, taskId: scope.taskId, cascade: scope.cascade }];
  }
  const { executions } = hold;
  return executions.length === 0 ? [] : [{ type: 'freeze-executions', step, cancellationId, executions }];
}

/** Executions not proven gone: also fenced ones, and everything again when a second look found survivors. */
function outstandingStops({
  plan,
  steps,
  terminations,
  options,
  cancellationId,
  lastPass,
}: Cancellation): readonly ExecutionStop[] {
  if (!plan || steps.terminate.status === 'waiting') return [];
  const survivors = (lastPass?.survivors ?? 0) > 0;
  // Whoever is found on a second look has had its grace.
  const effective = survivors ? { ...options, force: true } : options;
  const outstanding = survivors
    ? [...plan.executions, ...(plan.earlier ?? [])]
    : plan.executions.filter(({ execution }) => !terminations.has(execution.executionId));
  return outstanding.map((target) => ({
    execution: target.execution,
    stop: stopRequestFor(target, effective, cancellationId),
  }));
}

/** A step that opens again after a failed verification asks again in the next drive, not in this one. */
export function effectKey(effect: Pick<CancellationEffect, 'type' | 'step'>): string {
  return `${effect.type}:${effect.step}`;
}
