import { setImmediate } from 'node:timers/promises';
import { scenarioOf } from '../scenario/arbitrary.js';
import { runHistory } from './run-history.js';

export interface SeedsResult {
  readonly histories: number;
  readonly steps: number;
  readonly events: number;
  readonly reached: ReadonlyMap<string, number>;
  readonly failures: readonly SeedFailure[];
}

export interface SeedFailure {
  readonly seed: number;
  readonly failure: string;
}

/** Every how many histories one is run a second time: invariant 6. */
const TWICE_EVERY = 50;

/** Histories of seeds, one after the other. @param onHistory called after each */
export async function runSeeds(
  seeds: Iterable<number>,
  onHistory: (failure: SeedFailure | null) => void = () => undefined,
): Promise<SeedsResult> {
  let [histories, steps, events] = [0, 0, 0];
  const reached = new Map<string, number>();
  const failures: SeedFailure[] = [];
  for (const seed of seeds) {
    const scenario = scenarioOf(seed);
    const result = await runHistory(scenario);
    let { failure } = result;
    if (failure === null && seed % TWICE_EVERY === 0) {
      const again = await runHistory(scenario);
      if (again.fingerprint !== result.fingerprint) failure = '6: the same seed gave other events';
    }
    histories += 1;
    steps += result.steps;
    events += result.events;
    for (const [name, count] of result.reached) reached.set(name, (reached.get(name) ?? 0) + count);
    if (failure !== null) failures.push({ seed, failure });
    onHistory(failure === null ? null : { seed, failure });
    // A history takes no turn of the event loop: timers, signals and messages have theirs between two.
    await setImmediate();
  }
  return { histories, steps, events, reached, failures };
}

export function merged(results: readonly SeedsResult[]): SeedsResult {
  const reached = new Map<string, number>();
  for (const [name, count] of results.flatMap((each) => [...each.reached]))
    reached.set(name, (reached.get(name) ?? 0) + count);
  const sum = (pick: (each: SeedsResult) => number): number => results.reduce((total, each) => total + pick(each), 0);
  return {
    histories: sum(({ histories }) => histories),
    steps: sum(({ steps }) => steps),
    events: sum(({ events }) => events),
    reached,
    failures: results.flatMap(({ failures }) => failures),
  };
}
