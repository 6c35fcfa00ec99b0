import { describe, expect, it } from '@jest/globals';
import { planRestart, type RestartPolicy } from './restart-policy.js';

const policy: RestartPolicy = { initialMs: 100, factor: 3, maxMs: 1_000, healthyAfterMs: 10_000 };

describe('planning a restart', () => {
  it('waits longer after each death in a row, up to the bound', () => {
    let deathsInARow = 0;
    const waits = Array.from({ length: 5 }, () => {
      const plan = planRestart(policy, { deathsInARow, ranMs: 0 });
      deathsInARow = plan.deathsInARow;
      return plan.waitMs;
    });
    expect(waits).toEqual([100, 300, 900, 1_000, 1_000]);
  });

  it('starts over with the first wait when the process had been healthy', () => {
    expect(planRestart(policy, { deathsInARow: 4, ranMs: 10_000 })).toEqual({ deathsInARow: 1, waitMs: 100 });
    expect(planRestart(policy, { deathsInARow: 1, ranMs: 9_999 })).toEqual({ deathsInARow: 2, waitMs: 300 });
  });
});
