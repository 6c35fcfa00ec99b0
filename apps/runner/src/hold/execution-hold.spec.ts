import { describe, expect, it } from '@jest/globals';
import { idOf } from '@necrocode/service-kit';
import { randomUUID } from 'node:crypto';
import { ExecutionHold } from './execution-hold.js';

const [one, other] = [idOf('can', randomUUID()), idOf('can', randomUUID())];

describe('a hold on an execution', () => {
  it('lasts until everyone who holds it has let go', () => {
    const hold = new ExecutionHold();
    expect([hold.take(one), hold.take(other), hold.take(one)]).toEqual([true, true, true]);
    hold.release(one);
    expect(hold.isHeld).toBe(true);
    hold.release(other);
    expect(hold.isHeld).toBe(false);
  });

  it('is not taken again by who has let go: that request was late', () => {
    const hold = new ExecutionHold();
    hold.release(one);
    expect(hold.take(one)).toBe(false);
    expect(hold.isHeld).toBe(false);
  });
});
