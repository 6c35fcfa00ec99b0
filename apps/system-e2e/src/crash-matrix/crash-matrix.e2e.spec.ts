import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FaultySystem, openFaultySystem } from '../faults/open-faulty-system.js';
import type { Victim } from '../faults/victims.js';
import { MOMENTS } from './moments.js';
import { runCell } from './run-cell.js';
import { runnerStaysAway } from './stay-away.js';

let faulty: FaultySystem;

beforeAll(async () => {
  faulty = await openFaultySystem();
}, 180_000);
afterAll(() => faulty.end(), 60_000);

/** One cell for each process, at the append where its death costs most; `npm run crash-matrix` runs them all. */
const CELLS: readonly (readonly [Victim, 'before' | 'after', string])[] = [
  ['gateway', 'after', 'CancellationRequested'],
  ['dispatcher', 'after', 'DispatchBlocked'],
  ['cancellation-service', 'before', 'StepCompleted:block-dispatch'],
  ['runner-1', 'after', 'ExecutionSignalled'],
  ['runner-monitor', 'before', 'ExecutionEnded'],
  ['nats-server', 'before', 'report:ended'],
  ['artifact-cleaner', 'after', 'SlotProvenClean'],
  ['postgresql', 'before', 'StepCompleted:verify'],
];

describe('a cancellation is completed and every invariant holds', () => {
  it.each(CELLS)(
    'when the %s is killed just %s %s',
    async (victim, when, what) => {
      const moment = MOMENTS.find((each) => each.what === what);
      if (!moment) throw new RangeError(what);
      const { recoveredAfterMs, faults } = await runCell(faulty, { victim, moment, when });
      expect(faults).toEqual([]);
      expect(recoveredAfterMs).not.toBeNull();
    },
    300_000,
  );

  it('when the runner stays away: unconfirmed, and completed once it is back', async () => {
    const { completedAfterMs, faults } = await runnerStaysAway(faulty);
    expect(faults).toEqual([]);
    expect(completedAfterMs).not.toBeNull();
  }, 300_000);

  it('and the whole history verifies', async () => {
    expect(await faulty.audit.verifyAll()).toEqual([]);
  });
});
