import { describe, expect, it } from '@jest/globals';
import { deadlineAfter } from './stop-options.js';

/** Asked for at 1,000 with a grace of 500. */
const running = { since: 1_000, due: 1_500 };

describe('when SIGKILL is due', () => {
  it('is a grace period after the first request', () =>
    expect(deadlineAfter({ gracePeriodMs: 500 }, 1_000, undefined)).toBe(1_500));

  it('is now when force is asked for, or the signal is SIGKILL itself', () => {
    expect(deadlineAfter({ gracePeriodMs: 500, force: true }, 1_000, undefined)).toBe(1_000);
    expect(deadlineAfter({ gracePeriodMs: 500, signal: 'SIGKILL' }, 1_000, undefined)).toBe(1_000);
  });

  it('is brought forward by a shorter grace or by force', () => {
    expect(deadlineAfter({ gracePeriodMs: 300 }, 1_200, running)).toBe(1_300);
    expect(deadlineAfter({ gracePeriodMs: 9_000, force: true }, 1_200, running)).toBe(1_200);
  });

  it('counts every grace from the first request: one that is over already is over now', () =>
    expect(deadlineAfter({ gracePeriodMs: 100 }, 1_200, running)).toBeLessThanOrEqual(1_200));

  it('is never put off', () => {
    expect(deadlineAfter({ gracePeriodMs: 60_000 }, 1_200, running)).toBe(1_500);
    expect(deadlineAfter({ gracePeriodMs: 0, force: true }, 1_600, running)).toBe(1_500);
  });
});
