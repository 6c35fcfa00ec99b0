import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import type { StartOrder } from '../start-execution/start-order.js';
import type { AssignedBatch } from './assign-tasks.js';
import { AssignLoop, type AssignLoopOptions } from './assign-loop.js';

const order = { traceparent: 'one' } as unknown as StartOrder; // Passed on as it is; the loop never looks inside.

const lookedAt = '2026-01-01T00:00:00.000Z';
const batch = (orders: readonly StartOrder[] = []): AssignedBatch => ({ orders, lookedAt });

let loop: AssignLoop | undefined;

function loopOf(options: Partial<AssignLoopOptions>): AssignLoop {
  loop = new AssignLoop({
    assignBatch: () => Promise.resolve(batch()),
    nextDueAt: () => Promise.resolve(null),
    begin: () => undefined,
    pollMs: 60_000,
    logger: createLogger('dispatcher', 'silent'),
    ...options,
  });
  return loop;
}

afterEach(async () => loop?.stop());

describe('the assigning loop', () => {
  it('begins what was assigned, and looks again until nothing is left', async () => {
    const batches: (readonly StartOrder[])[] = [[order, order], [order], []];
    const begun: StartOrder[] = [];
    loopOf({
      assignBatch: () => Promise.resolve(batch(batches.shift())),
      begin: (begin) => begun.push(begin),
    }).start();
    await eventually(() => expect(begun).toHaveLength(3));
    await eventually(() => expect(batches).toEqual([]));
  });

  it('looks again when it is woken', async () => {
    let looks = 0;
    const woken = loopOf({ assignBatch: () => Promise.resolve(((looks += 1), batch())) });
    woken.start();
    await eventually(() => expect(looks).toBe(1));
    woken.wake();
    await eventually(() => expect(looks).toBe(2));
  });

  it('looks once for many wake-ups that come right after a look that found nothing', async () => {
    let looks = 0;
    const woken = loopOf({ assignBatch: () => Promise.resolve(((looks += 1), batch())) });
    woken.start();
    for (let wakes = 0; wakes < 200; wakes += 1) {
      woken.wake();
      await nextTurn();
    }
    expect(looks).toBeLessThan(100);
    const before = looks;
    woken.wake();
    await eventually(() => expect(looks).toBeGreaterThan(before));
  });

  it('does not lose a wake-up that comes during a look', async () => {
    let looks = 0;
    let finish: () => void = () => undefined;
    const woken = loopOf({
      assignBatch: () => {
        looks += 1;
        return looks === 1 ? new Promise((resolve) => (finish = () => resolve(batch()))) : Promise.resolve(batch());
      },
    });
    woken.start();
    await eventually(() => expect(looks).toBe(1));
    woken.wake();
    finish();
    await eventually(() => expect(looks).toBe(2));
  });

  it('wakes by itself when a back-off ends, also one that ended while it asked when', async () => {
    let looks = 0;
    loopOf({
      assignBatch: () => Promise.resolve(((looks += 1), batch())),
      nextDueAt: (after) => {
        expect(after).toBe(lookedAt);
        const inMs = [5, -5][looks - 1];
        return Promise.resolve(inMs === undefined ? null : new Date(Date.now() + inMs).toISOString());
      },
    }).start();
    await eventually(() => expect(looks).toBe(3));
  });

  it('does not ask when a task is due while no runner has a place', async () => {
    let asked = 0;
    let looks = 0;
    const full = loopOf({
      assignBatch: () => Promise.resolve(((looks += 1), { orders: [], lookedAt: null })),
      nextDueAt: () => Promise.resolve(((asked += 1), lookedAt)),
    });
    full.start();
    await eventually(() => expect(looks).toBe(1));
    full.wake();
    await eventually(() => expect(looks).toBe(2));
    expect(asked).toBe(0);
  });

  it('goes on after a failure', async () => {
    let looks = 0;
    loopOf({
      assignBatch: () => {
        looks += 1;
        return looks < 4 ? Promise.reject(new Error('lost the race')) : Promise.resolve(batch());
      },
    }).start();
    await eventually(() => expect(looks).toBe(4));
  });
});
