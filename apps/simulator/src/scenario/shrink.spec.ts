import { describe, expect, it } from '@jest/globals';
import { runHistory } from '../run/run-history.js';
import { scenarioOf } from './arbitrary.js';
import { shrink } from './shrink.js';

const sizeOf = (scenario: unknown): number => JSON.stringify(scenario).length;

describe('a seed that breaks an invariant', () => {
  it('is shrunk to a smaller scenario that breaks the same one', async () => {
    const options = { mutant: 'assign-what-is-blocked' as const };
    const before = await runHistory(scenarioOf(1), options);
    const shrunk = await shrink(1, options, 3_000);
    expect(before.failure).toMatch(/^2:/);
    expect(shrunk?.failure).toMatch(/^2:/);
    expect(sizeOf(shrunk?.scenario)).toBeLessThan(sizeOf(scenarioOf(1)));
  });
});
