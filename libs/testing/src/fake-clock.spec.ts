import { describe, expect, it } from '@jest/globals';
import { fakeClock } from './fake-clock.js';

describe('the fake clock', () => {
  it('stands still until it is moved', async () => {
    const clock = fakeClock(1_000);
    expect(clock.now()).toBe(1_000);
    await clock.advance(500);
    expect(clock.now()).toBe(1_500);
  });

  it('wakes sleepers in the order of their times, each at its own', async () => {
    const clock = fakeClock(0);
    const woken: [string, number][] = [];
    void clock.sleep(20).then(() => woken.push(['second', clock.now()]));
    void clock.sleep(10).then(() => woken.push(['first', clock.now()]));
    void clock.sleep(31).then(() => woken.push(['later', clock.now()]));
    await clock.advance(30);
    expect(woken).toEqual([
      ['first', 10],
      ['second', 20],
    ]);
    await clock.advance(1);
    expect(woken.at(-1)).toEqual(['later', 31]);
  });

  it('wakes one that sleeps again on the way', async () => {
    const clock = fakeClock(0);
    const ticks: number[] = [];
    const tick = async (): Promise<void> => {
      for (;;) {
        await clock.sleep(10);
        ticks.push(clock.now());
      }
    };
    void tick();
    await clock.advance(35);
    expect(ticks).toEqual([10, 20, 30]);
  });
});
