import { describe, expect, it } from '@jest/globals';
import { neverReached } from './rare-states/must-reach.js';
import { runHistory } from './run/run-history.js';
import { runSeeds } from './run/run-seeds.js';
import { scenarioOf } from './scenario/arbitrary.js';

const SEEDS = Array.from({ length: 3_000 }, (_, index) => index + 1);

describe('whatever crashes, is cut off, lies or comes late', () => {
  it('breaks no invariant, ends in what was promised, and has reached what makes it hard', async () => {
    const { failures, reached, histories } = await runSeeds(SEEDS);
    expect(failures).toEqual([]);
    expect(neverReached(reached, histories)).toEqual([]);
  }, 900_000);

  it('happens again, event by event, from the same seed', async () => {
    for (const seed of [3, 7, 11]) {
      const scenario = scenarioOf(seed);
      const [first, second] = [await runHistory(scenario), await runHistory(scenario)];
      expect(second.fingerprint).toBe(first.fingerprint);
      expect(first.events).toBeGreaterThan(0);
    }
  });
});
