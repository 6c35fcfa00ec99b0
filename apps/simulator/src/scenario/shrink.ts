import fc from 'fast-check';
import { type HistoryOptions, runHistory } from '../run/run-history.js';
import { scenarios } from './arbitrary.js';
import type { Scenario } from './scenario.js';

export interface Shrunk {
  readonly scenario: Scenario;
  readonly failure: string;
  readonly shrinks: number;
}

/**
 * The smallest scenario found that fails for the same reason, by fast-check's own shrinking.
 * @param withinMs when the time is over the smallest one so far is the answer @returns null: the seed does not fail
 */
export async function shrink(seed: number, options: HistoryOptions = {}, withinMs = 60_000): Promise<Shrunk | null> {
  let reason: string | null = null;
  let smallest: { readonly scenario: Scenario; readonly failure: string } | null = null;
  const property = fc.asyncProperty(scenarios, async (scenario) => {
    const { failure } = await runHistory(scenario, options);
    if (failure === null) return;
    reason ??= reasonOf(failure);
    if (reasonOf(failure) !== reason) return;
    smallest = { scenario, failure };
    throw new Error(failure);
  });
  const details = await fc.check(property, {
    seed,
    numRuns: 1,
    interruptAfterTimeLimit: withinMs,
    markInterruptAsFailure: true,
  });
  // Cast: assigned in the property, which control flow analysis does not follow.
  const found = smallest as { readonly scenario: Scenario; readonly failure: string } | null;
  return found && { ...found, shrinks: details.numShrinks };
}

/** What stays the same while names and numbers change. */
function reasonOf(failure: string): string {
  return failure.slice(0, failure.indexOf(':'));
}
