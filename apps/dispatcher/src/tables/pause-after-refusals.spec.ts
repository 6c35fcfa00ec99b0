import { describe, expect, it } from '@jest/globals';
import { newId } from '@necrocode/service-kit';
import { pauseAfterRefusals } from './pause-after-refusals.js';

const refused = (times: number, attempts = 0) => ({
  attempts,
  executionIds: Array.from({ length: times + attempts }, () => newId('exe')),
});

describe('the pause after a refusal', () => {
  it('is none where nobody refused, whatever was attempted', () => {
    expect(pauseAfterRefusals(refused(0))).toBe(0);
    expect(pauseAfterRefusals(refused(0, 3))).toBe(0);
  });
  it('doubles, up to a limit', () =>
    expect([1, 2, 3, 20].map((times) => pauseAfterRefusals(refused(times, 1)))).toEqual([100, 200, 400, 10_000]));
});
