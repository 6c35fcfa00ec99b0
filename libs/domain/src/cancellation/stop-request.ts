import type { StopRequest } from '../execution/execution.js';
import type { CancellationId } from '../ids.js';
import type { CancellationOptions, TargetExecution } from './cancellation.js';

/** How one execution is to be stopped: the request over the task's own wishes. */
export function stopRequestFor(
  target: TargetExecution,
  { force, gracePeriodMs, graceLimitMs = Infinity, signal }: CancellationOptions,
  cancellationId: CancellationId,
): StopRequest {
  return {
    cancellationId,
    signal: signal ?? target.signal,
    signalTo: target.signalTo,
    gracePeriodMs: Math.min(gracePeriodMs ?? target.gracePeriodMs, graceLimitMs),
    force,
  };
}

/** The options after a second request: force may be added, the grace may shrink, nothing weakens. Null: nothing stronger. */
export function strongerOptions(current: CancellationOptions, asked: CancellationOptions): CancellationOptions | null {
  const shorter = asked.gracePeriodMs !== null && asked.gracePeriodMs < graceOf(current);
  if (!shorter && (current.force || !asked.force)) return null;
  const force = current.force || asked.force;
  if (!shorter || asked.gracePeriodMs === null) return { ...current, force };
  // Where the tasks' own graces stand, the shorter one only bounds them: a task with a shorter one yet keeps it.
  return current.gracePeriodMs === null
    ? { ...current, force, graceLimitMs: asked.gracePeriodMs }
    : { ...current, force, gracePeriodMs: asked.gracePeriodMs };
}

function graceOf({ gracePeriodMs, graceLimitMs }: CancellationOptions): number {
  return gracePeriodMs ?? graceLimitMs ?? Infinity;
}
