import { describe, expect, it } from '@jest/globals';
import { deferred } from '@nats-io/nats-core';
import { Lanes } from './lanes.js';
import { Slots } from './slots.js';

describe('lanes', () => {
  it('run one key in order and others beside it', async () => {
    const lanes = new Lanes();
    const gate = deferred<undefined>();
    const log: string[] = [];
    const first = lanes.run('a', async () => {
      await gate;
      log.push('a1');
    });
    const second = lanes.run('a', async () => void log.push('a2'));
    await lanes.run('b', async () => void log.push('b1'));
    gate.resolve();
    await Promise.all([first, second]);
    expect(log).toEqual(['b1', 'a1', 'a2']);
  });

  it('begin at once on an idle key, also after a failure', async () => {
    const lanes = new Lanes();
    let begun = 0;
    const failing = lanes.run('a', () => {
      begun += 1;
      return Promise.reject(new Error('no'));
    });
    expect(begun).toBe(1);
    const next = lanes.run('a', async () => void (begun += 1));
    await expect(failing).rejects.toThrow('no');
    await next;
    void lanes.run('a', async () => void (begun += 1));
    await Promise.resolve();
    await lanes.run('a', async () => undefined);
    expect(begun).toBe(3);
  });
});

describe('slots', () => {
  it('are never more than there are, and serve in the order of asking', async () => {
    const slots = new Slots(2);
    const gates = [deferred<undefined>(), deferred<undefined>(), deferred<undefined>()];
    const begun: number[] = [];
    const uses = gates.map((gate, n) =>
      slots.use(async () => {
        begun.push(n);
        await gate;
      }),
    );
    expect(begun).toEqual([0, 1]);
    gates[1]?.resolve();
    await uses[1];
    expect(begun).toEqual([0, 1, 2]);
    for (const gate of gates) gate.resolve();
    await Promise.all(uses);
  });

  it('come back after a failure', async () => {
    const slots = new Slots(1);
    await expect(slots.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(slots.use(() => Promise.resolve('yes'))).resolves.toBe('yes');
  });

  it.each([0, -1, 1.5])('cannot be %p', (capacity) => {
    expect(() => new Slots(capacity)).toThrow(RangeError);
  });
});
