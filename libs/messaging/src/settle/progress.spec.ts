import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Progress } from './progress.js';

describe('progress', () => {
  let progress: Progress;
  let acknowledged: bigint[];
  const deliver = (...positions: bigint[]): void =>
    positions.forEach((position) => progress.delivered(position, { ack: () => void acknowledged.push(position) }));

  beforeEach(() => {
    progress = new Progress();
    acknowledged = [];
  });

  it('is one word for everything up to the newest message that is settled', () => {
    deliver(1n, 2n, 3n, 4n);
    progress.settledUpTo(3n);
    progress.settledUpTo(3n);
    expect(acknowledged).toEqual([3n]);
    progress.settledUpTo(9n);
    expect(acknowledged).toEqual([3n, 4n]);
  });

  it('takes messages in that bring what was settled before they came, together', async () => {
    progress.settledUpTo(3n);
    deliver(1n, 2n, 3n, 4n);
    await nextTurn();
    expect(acknowledged).toEqual([3n]);
  });

  it('says nothing while nothing is settled', async () => {
    deliver(1n, 2n);
    await nextTurn();
    progress.settledUpTo(0n);
    expect(acknowledged).toEqual([]);
  });

  it('minds no connection that has closed', () => {
    progress.delivered(1n, {
      ack: () => {
        throw new Error('closed');
      },
    });
    expect(() => progress.settledUpTo(1n)).not.toThrow();
  });
});
