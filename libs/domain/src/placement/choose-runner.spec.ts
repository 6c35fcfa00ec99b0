import { describe, expect, it } from '@jest/globals';
import type { RunnerId, SlotId } from '../ids.js';
import type { SlotDefinition } from '../slot-pool/slot-pool.js';
import { chooseRunner } from './choose-runner.js';

const runnerId = (name: string): RunnerId => `run_${name}` as RunnerId;
const runner = (
  name: string,
  free: number,
  takesNewJobs = true,
  handlers: readonly string[] = [],
  slotPools: readonly string[] = [],
) => ({
  runnerId: runnerId(name),
  free,
  takesNewJobs,
  handlers,
  slotPools,
});
const slot = (name: string, number: number): SlotDefinition => ({
  slotId: `run_${name}/repos/${number}` as SlotId,
  runnerId: runnerId(name),
  kind: 'repository',
});

describe('choosing a runner', () => {
  it('takes the one with the most places', () =>
    expect(
      chooseRunner({ runnerId: null, handlers: [], slotPools: [], freeSlots: null }, [
        runner('a', 1),
        runner('b', 3),
        runner('c', 2),
      ]),
    ).toEqual({
      runnerId: 'run_b',
      slot: null,
    }));

  it('takes the smaller id between equals, in whatever order they come', () => {
    const wish = { runnerId: null, handlers: [], slotPools: [], freeSlots: null };
    expect(chooseRunner(wish, [runner('b', 2), runner('a', 2)])?.runnerId).toBe('run_a');
    expect(chooseRunner(wish, [runner('a', 2), runner('b', 2)])?.runnerId).toBe('run_a');
  });

  it('never takes a full one', () =>
    expect(
      chooseRunner({ runnerId: null, handlers: [], slotPools: [], freeSlots: null }, [runner('a', 0)]),
    ).toBeNull());

  it('keeps to the runner of the job, however full the choice elsewhere', () =>
    expect(
      chooseRunner({ runnerId: runnerId('a'), handlers: [], slotPools: [], freeSlots: null }, [
        runner('a', 1),
        runner('b', 9),
      ])?.runnerId,
    ).toBe('run_a'));

  it('waits when the runner of the job has no place', () =>
    expect(
      chooseRunner({ runnerId: runnerId('a'), handlers: [], slotPools: [], freeSlots: null }, [
        runner('a', 0),
        runner('b', 9),
      ]),
    ).toBeNull());

  it('starts no new job on a runner that is drained, but lets it finish those it has', () => {
    const runners = [runner('a', 9, false), runner('b', 1)];
    expect(chooseRunner({ runnerId: null, handlers: [], slotPools: [], freeSlots: null }, runners)?.runnerId).toBe(
      'run_b',
    );
    expect(
      chooseRunner({ runnerId: runnerId('a'), handlers: [], slotPools: [], freeSlots: null }, runners)?.runnerId,
    ).toBe('run_a');
  });

  it('goes where every function the job needs can be run, and waits when that is nowhere', () => {
    const runners = [runner('a', 9), runner('b', 9, true, ['resize']), runner('c', 1, true, ['resize', 'upload'])];
    const wish = (...handlers: string[]) => ({ runnerId: null, handlers, slotPools: [], freeSlots: null });
    expect(chooseRunner(wish('resize', 'upload'), runners)?.runnerId).toBe('run_c');
    expect(chooseRunner(wish('resize', 'print'), runners)).toBeNull();
  });

  it('goes where slots of every pool the job needs are offered, and waits when that is nowhere', () => {
    const runners = [runner('a', 9), runner('b', 9, true, [], ['gpu']), runner('c', 1, true, [], ['gpu', 'repos'])];
    const wish = (...slotPools: string[]) => ({ runnerId: null, handlers: [], slotPools, freeSlots: null });
    expect(chooseRunner(wish('gpu', 'repos'), runners)?.runnerId).toBe('run_c');
    expect(chooseRunner(wish('gpu', 'licence'), runners)).toBeNull();
  });

  it('keeps to the runner of the job also when that has other functions by now', () => {
    const wish = { runnerId: runnerId('a'), handlers: ['resize'], slotPools: [], freeSlots: null };
    expect(chooseRunner(wish, [runner('a', 1)])?.runnerId).toBe('run_a');
  });

  it('goes where a slot is free', () =>
    expect(
      chooseRunner({ runnerId: null, handlers: [], slotPools: [], freeSlots: [slot('a', 2), slot('a', 1)] }, [
        runner('a', 1),
        runner('b', 9),
      ]),
    ).toEqual({ runnerId: 'run_a', slot: slot('a', 2) }));

  it('waits when no slot is free where it may go', () => {
    expect(chooseRunner({ runnerId: null, handlers: [], slotPools: [], freeSlots: [] }, [runner('a', 1)])).toBeNull();
    expect(
      chooseRunner({ runnerId: runnerId('b'), handlers: [], slotPools: [], freeSlots: [slot('a', 1)] }, [
        runner('a', 1),
        runner('b', 1),
      ]),
    ).toBeNull();
  });
});
