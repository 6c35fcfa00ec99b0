import { describe, expect, it } from '@jest/globals';
import { deferred } from '@nats-io/nats-core';
import { eventually } from '@necrocode/testing';
import { type Checkpoint, CheckpointSaver } from './checkpoint.js';

function checkpoint(save: (position: bigint) => Promise<void>): Checkpoint {
  return { load: () => Promise.resolve(0n), save };
}

describe('saving a checkpoint', () => {
  it('happens once for many steps, with the newest position', async () => {
    const saved: bigint[] = [];
    let position = 0n;
    const told: bigint[] = [];
    const saver = new CheckpointSaver(
      checkpoint(async (at) => void saved.push(at)),
      () => position,
      5,
      (at) => told.push(at),
      () => undefined,
    );
    for (position = 1n; position < 50n; position += 1n) saver.touch();
    await eventually(() => expect(saved).toEqual([50n]));
    expect(told).toEqual([50n]);
  });

  it('is never begun beside itself, and never goes back', async () => {
    const gates = [deferred<undefined>(), deferred<undefined>()];
    const saved: bigint[] = [];
    let position = 1n;
    const saver = new CheckpointSaver(
      checkpoint(async (at) => {
        saved.push(at);
        await gates[saved.length - 1];
      }),
      () => position,
      0,
      () => undefined,
      () => undefined,
    );
    position = 2n;
    const first = saver.flush();
    await eventually(() => expect(saved).toEqual([2n]));
    position = 3n;
    const second = saver.flush();
    await Promise.resolve();
    expect(saved).toEqual([2n]);
    for (const gate of gates) gate.resolve();
    await Promise.all([first, second]);
    position = 1n;
    await saver.flush();
    expect(saved).toEqual([2n, 3n]);
  });

  it('is tried again after a failure, which is told', async () => {
    const faults: unknown[] = [];
    const saved: bigint[] = [];
    let position = 0n;
    const saver = new CheckpointSaver(
      checkpoint((at) =>
        faults.length < 2 ? Promise.reject(new Error('away')) : Promise.resolve(void saved.push(at)),
      ),
      () => position,
      1,
      () => undefined,
      (error) => faults.push(error),
    );
    position = 7n;
    saver.touch();
    await eventually(() => expect(saved).toEqual([7n]));
    expect(faults).toHaveLength(2);
  });
});
