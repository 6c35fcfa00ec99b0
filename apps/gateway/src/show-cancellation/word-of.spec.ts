import { describe, expect, it } from '@jest/globals';
import type { CancellationStatus } from '@necrocode/domain';
import { wordOf } from './word-of.js';

const WITHOUT_PROOF: readonly CancellationStatus[] = ['requested', 'in-progress', 'partial', 'unconfirmed'];

describe('the word for a cancellation', () => {
  it.each([
    [false, false, 'requested'],
    [true, false, 'stopping'],
    [true, true, 'forced'],
  ] as const)('with signals %p and force %p is %s while nothing is proven', (signalled, forced, word) => {
    for (const status of WITHOUT_PROOF) expect(wordOf(status, signalled, forced)).toBe(word);
  });

  it('is cancelled only when completed, whatever it took', () => {
    expect([wordOf('completed', false, false), wordOf('completed', true, true)]).toEqual(['cancelled', 'cancelled']);
  });
});
