import { scenarioOf } from '../scenario/arbitrary.js';
import { runHistory } from '../run/run-history.js';
import type { MutantName } from './mutant.js';

export interface Caught {
  readonly seed: number;
  readonly failure: string;
  /** Histories it took, this one included. */
  readonly histories: number;
}

/** The first history of `seeds` in which the oracle notices. @returns null: it never does */
export async function hunt(mutant: MutantName, seeds: Iterable<number>): Promise<Caught | null> {
  let histories = 0;
  for (const seed of seeds) {
    histories += 1;
    const { failure } = await runHistory(scenarioOf(seed), { mutant });
    if (failure !== null) return { seed, failure, histories };
  }
  return null;
}

export function* seedsFrom(first: number, count: number): Generator<number> {
  for (let seed = first; seed < first + count; seed++) yield seed;
}
