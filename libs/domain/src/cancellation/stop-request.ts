import type { StopRequest } from '../execution/execution.js';
import type { CancellationId } from '../ids.js';
import type { CancellationOptions, TargetExecution } from './cancellation.js';

/** How one execution is to be stopped: the request over the task's own wishes. */
export function stopRequestFor(
  target: TargetExecution,
  { force, gracePeriodMs, signal }: CancellationOptions,
  cancellationId: CancellationId,
): StopRequest {
  return {
    cancellationId,
    signal: signal ?? target.signal,
    signalTo: target.signalTo,
    gracePeriodMs: gracePeriodMs ?? target.gracePeriodMs,
    force,
  };
}

/** The options after a second request: force may be added, the grace may shrink, nothing weakens. Null: nothing stronger. */
export function strongerOptions(current: CancellationOptions, asked: CancellationOptions): CancellationOptions | null {
  const force = current.force || asked.force;
  const shorter =
    asked.gracePeriodMs !== null && (current.gracePeriodMs === null || asked.gracePeriodMs < current.gracePeriodMs);
  const gracePeriodMs = shorter ? asked.gracePeriodMs : current.gracePeriodMs;
  return force === current.force && gracePeriodMs === current.gracePeriodMs
    ? null
    : { ...current, force, gracePeriodMs };
}
