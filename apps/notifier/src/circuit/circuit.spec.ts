import { describe, expect, it } from '@jest/globals';
import { afterFailure, type Circuit, CLOSED, isHopeless, isOpen } from './circuit.js';
import { retryAfterMs, retryDelay } from './retry-delay.js';

const at = new Date('2026-11-22T10:00:00.000Z');
const policy = { restFirstMs: 30_000, disableAfterMs: 86_400_000 };

function failing(times: number, random = 0.5): Circuit {
  let circuit = CLOSED;
  for (let time = 0; time < times; time += 1) circuit = afterFailure(circuit, at, policy, random);
  return circuit;
}

const restOf = ({ openUntil }: Circuit): number => (openUntil?.getTime() ?? 0) - at.getTime();

describe('a circuit', () => {
  it('stays closed for four failures in a row', () => {
    expect(isOpen(failing(4))).toBe(false);
    expect(failing(4).openUntil).toBeNull();
  });

  it('opens at the fifth, and rests twice as long after each further one, up to an hour', () => {
    expect(isOpen(failing(5))).toBe(true);
    expect([5, 6, 7, 20, 5_000].map((times) => restOf(failing(times)))).toEqual([
      30_000, 60_000, 120_000, 3_600_000, 3_600_000,
    ]);
  });

  it('rests a quarter more or less by chance', () => {
    expect([restOf(failing(5, 0)), restOf(failing(5, 1))]).toEqual([22_500, 37_500]);
  });

  it('remembers since when it fails', () => {
    const later = new Date(at.getTime() + 60_000);
    expect(afterFailure(failing(1), later, policy, 0).failingSince).toEqual(at);
  });

  it('is hopeless when it was open all the time it may take, and not for one failure long ago', () => {
    const aDayLater = new Date(at.getTime() + policy.disableAfterMs);
    expect(isHopeless(failing(9), aDayLater, policy)).toBe(true);
    expect(isHopeless(failing(9), new Date(aDayLater.getTime() - 1), policy)).toBe(false);
    expect(isHopeless(failing(2), aDayLater, policy)).toBe(false);
    expect(isHopeless(CLOSED, aDayLater, policy)).toBe(false);
  });
});

describe('the pause before the next attempt', () => {
  const schedule = { firstMs: 5_000, longestMs: 100_000 };

  it('grows threefold up to the longest', () =>
    expect([1, 2, 3, 4, 1_000].map((attempts) => retryDelay(attempts, schedule, 0.5))).toEqual([
      5_000, 15_000, 45_000, 100_000, 100_000,
    ]));

  it('is a quarter more or less by chance', () =>
    expect([retryDelay(1, schedule, 0), retryDelay(1, schedule, 1)]).toEqual([3_750, 6_250]));

  it('is as long as the endpoint asks, within reason', () => {
    expect(retryDelay(1, schedule, 0.5, 60_000)).toBe(60_000);
    expect(retryDelay(1, schedule, 0.5, 1_000)).toBe(5_000);
    expect(retryDelay(1, schedule, 0.5, 9_999_999)).toBe(100_000);
  });

  it.each([
    ['120', 120_000],
    ['Sun, 22 Nov 2026 10:01:00 GMT', 60_000],
    ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
    ['soon', null],
    [undefined, null],
  ])('reads Retry-After %p as %p ms', (header, ms) => expect(retryAfterMs(header, at)).toBe(ms));
});
