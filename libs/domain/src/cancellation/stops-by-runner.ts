import type { RunnerId } from '../ids.js';
import type { ExecutionStop } from './effects.js';

/** One request carries all stops of one runner. */
export function stopsByRunner(stops: readonly ExecutionStop[]): ReadonlyMap<RunnerId, readonly ExecutionStop[]> {
  const byRunner = new Map<RunnerId, ExecutionStop[]>();
  for (const stop of stops) {
    const { runnerId } = stop.execution;
    const theirs = byRunner.get(runnerId);
    if (theirs) theirs.push(stop);
    else byRunner.set(runnerId, [stop]);
  }
  return byRunner;
}
