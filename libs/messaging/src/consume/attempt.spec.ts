import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '@necrocode/event-store';
import { deferred } from '@nats-io/nats-core';
import { MessagingUnavailable } from '../connect/errors.js';
import { Unprocessable } from '../dead-letter/error-code.js';
import { backoffMs } from '../timing/backoff.js';
import { attempt, defaultRetry } from './attempt.js';
import { Slots } from './slots.js';

const quick = { ...defaultRetry, maxAttempts: 3, backoff: { initialMs: 0, factor: 1, maxMs: 0 } };
const never = new AbortController().signal;

/** Fails with each error in turn, then works. */
function failing(...errors: Error[]): () => Promise<void> {
  return () => {
    const error = errors.shift();
    return error === undefined ? Promise.resolve() : Promise.reject(error);
  };
}

describe('attempts', () => {
  it('end with the first that works', async () => {
    const counted: number[] = [];
    const verdict = await attempt(failing(new Error('1'), new Error('2')), new Slots(1), quick, never, (n) =>
      counted.push(n),
    );
    expect(verdict).toEqual({ outcome: 'handled' });
    expect(counted).toEqual([1, 2]);
  });

  it('are given up after so many', async () => {
    const last = new Error('3');
    const verdict = await attempt(
      failing(new Error('1'), new Error('2'), last),
      new Slots(1),
      quick,
      never,
      () => undefined,
    );
    expect(verdict).toEqual({ outcome: 'given-up', attempts: 3, error: last });
  });

  it('are given up at once for what no repetition will mend', async () => {
    const error = new Unprocessable('bad', 'bad');
    const verdict = await attempt(failing(error), new Slots(1), quick, never, () => undefined);
    expect(verdict).toEqual({ outcome: 'given-up', attempts: 1, error });
  });

  it('do not count what says nothing about the message', async () => {
    const away = [...Array.from({ length: 10 }, () => new StoreUnavailable('', {})), new MessagingUnavailable('')];
    const verdict = await attempt(failing(...away, new Error('1')), new Slots(1), quick, never, () => undefined);
    expect(verdict).toEqual({ outcome: 'handled' });
  });

  it('hold no slot while they wait for the next one', async () => {
    const slots = new Slots(1);
    const failed = deferred<undefined>();
    const stop = new AbortController();
    const waiting = attempt(
      failing(new Error('1')),
      slots,
      { ...quick, backoff: { initialMs: 3_600_000, factor: 1, maxMs: 3_600_000 } },
      stop.signal,
      () => failed.resolve(),
    );
    await failed;
    await expect(slots.use(() => Promise.resolve('free'))).resolves.toBe('free');
    stop.abort();
    await expect(waiting).resolves.toEqual({ outcome: 'stopped' });
  });

  it('do not begin once stopped', async () => {
    let begun = false;
    const work = (): Promise<void> => {
      begun = true;
      return Promise.resolve();
    };
    expect(await attempt(work, new Slots(1), quick, AbortSignal.abort(), () => undefined)).toEqual({
      outcome: 'stopped',
    });
    expect(begun).toBe(false);
  });
});

describe('back-off', () => {
  it('grows and is bounded', () => {
    const backoff = { initialMs: 100, factor: 2, maxMs: 500 };
    expect([1, 2, 3, 4, 5].map((failures) => backoffMs(backoff, failures))).toEqual([100, 200, 400, 500, 500]);
  });
});
