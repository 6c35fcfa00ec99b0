import { describe, expect, it } from '@jest/globals';
import { runHistory } from './run/run-history.js';
import { runSeeds } from './run/run-seeds.js';
import { scenarioOf } from './scenario/arbitrary.js';

/** `npm test` plays thousands more beside the e2e specs. */
const SEEDS = Array.from({ length: 200 }, (_, index) => index + 1);

describe('whatever crashes, is cut off, lies or comes late', () => {
  it('breaks no invariant and ends in what was promised', async () => {
    const { failures } = await runSeeds(SEEDS);
    expect(failures).toEqual([]);
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
