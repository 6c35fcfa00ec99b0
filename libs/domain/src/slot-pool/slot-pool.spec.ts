import { describe, expect, it } from '@jest/globals';
import type { SlotId } from '../ids.js';
import { specOf, stateAfter } from '../testing/given.js';
import { at, executionId, jobId, now, runnerId, taskId } from '../testing/jobs.js';
import { slotPoolDecider } from './decider.js';
import type { SlotDefinition, SlotEvidence, SlotHolder, SlotPoolCommand, SlotPoolEvent } from './slot-pool.js';

const given = specOf(slotPoolDecider);

const pool = 'repos';
const slotId = 'run_1/repos/0' as SlotId;
const repository: SlotDefinition = { slotId, runnerId, kind: 'repository' };
const permit: SlotDefinition = { ...repository, kind: 'counted' };
const another: SlotDefinition = { ...repository, slotId: 'run_1/repos/1' as SlotId };

/** Executions are named after their fencing tokens. */
const holder = (fencingToken: number): SlotHolder => ({
  executionId: executionId(fencingToken),
  jobId,
  taskId: taskId('a'),
  fencingToken,
});
const evidence = (leftEntries = 0): SlotEvidence => ({ kind: 'repository', leftEntries, checkedAt: at(50) });

const added = (...slots: SlotDefinition[]): SlotPoolEvent => ({ type: 'SlotsAdded', pool, slots, at: at(0) });
const leased = (token: number): SlotPoolEvent => ({ type: 'SlotLeased', pool, slotId, holder: holder(token), at: now });
const soiled = (token: number) => ({ type: 'SlotSoiled' as const, pool, slotId, holder: holder(token), at: now });
const freed = (token: number, proof: SlotEvidence | null = evidence()): SlotPoolEvent => ({
  type: 'SlotFreed',
  pool,
  slotId,
  holder: holder(token),
  evidence: proof,
  at: now,
});

const add = (...slots: SlotDefinition[]): SlotPoolCommand => ({ type: 'AddSlots', pool, slots, at: at(0) });
const lease = (token: number): SlotPoolCommand => ({ type: 'LeaseSlot', slotId, holder: holder(token), at: now });
const soil = (token: number) => ({
  type: 'SoilSlot' as const,
  slotId,
  executionId: executionId(token),
  at: now,
});
const free = (token: number, proof: SlotEvidence | null = evidence()): SlotPoolCommand => ({
  type: 'FreeSlot',
  slotId,
  executionId: executionId(token),
  evidence: proof,
  at: now,
});

describe('adding slots', () => {
  it('begins a pool', () => given().when(add(repository, another)).then(added(repository, another)));
  it('adds only those it does not have', () =>
    given(added(repository)).when(add(repository, another)).then(added(another)));
  it('does nothing when it is repeated', () => given(added(repository)).when(add(repository)).thenNothing());
  it('leaves a leased slot leased', () => given(added(repository), leased(1)).when(add(repository)).thenNothing());
});

describe('leasing a slot', () => {
  it('gives a free slot to its holder', () => given(added(repository)).when(lease(1)).then(leased(1)));
  it('refuses a slot that is leased', () =>
    given(added(repository), leased(1)).when(lease(2)).thenRejected('slot-not-free'));
  it('refuses a slot that is not proven clean', () =>
    given(added(repository), leased(1), soiled(1)).when(lease(2)).thenRejected('slot-not-free'));
  it('gives a slot that was freed to the next', () =>
    given(added(repository), leased(1), soiled(1), freed(1)).when(lease(2)).then(leased(2)));
  it('does nothing when it is repeated', () => given(added(repository), leased(1)).when(lease(1)).thenNothing());
  it('does nothing when it is repeated after the slot was given back', () =>
    given(added(repository), leased(1), freed(1, null)).when(lease(1)).thenNothing());
  it('refuses a holder older than the last one', () =>
    given(added(repository), leased(2), freed(2)).when(lease(1)).thenRejected('stale-token'));
  it('refuses a slot the pool does not have', () =>
    given(added(another)).when(lease(1)).thenRejected('slot-not-found'));
});

describe('the end of a holder', () => {
  it('soils its slot', () => given(added(repository), leased(1)).when(soil(1)).then(soiled(1)));
  it('says so when a sweep found it', () =>
    given(added(repository), leased(1))
      .when({ ...soil(1), foundBy: 'sweep' })
      .then({ ...soiled(1), foundBy: 'sweep' }));
  it('does nothing to a slot of another holder', () => given(added(repository), leased(2)).when(soil(1)).thenNothing());
  it('does nothing when it is repeated', () =>
    given(added(repository), leased(1), soiled(1)).when(soil(1)).thenNothing());
  it('does nothing when a sweep finds it later', () =>
    given(added(repository), leased(1), soiled(1))
      .when({ ...soil(1), foundBy: 'sweep' })
      .thenNothing());
  it('does nothing when the slot was proven clean before', () =>
    given(added(repository), leased(1), freed(1)).when(soil(1)).thenNothing());
  it('refuses a slot the pool does not have', () => given().when(soil(1)).thenRejected('slot-not-found'));
});

describe('freeing a slot', () => {
  it('frees it when it is proven clean', () =>
    given(added(repository), leased(1), soiled(1)).when(free(1)).then(freed(1)));
  it('frees it also when the proof overtook the end of its holder', () =>
    given(added(repository), leased(1)).when(free(1)).then(freed(1)));
  it('needs no proof when its holder never started', () =>
    given(added(repository), leased(1)).when(free(1, null)).then(freed(1, null)));
  it('refuses a soiled repository without proof', () =>
    given(added(repository), leased(1), soiled(1)).when(free(1, null)).thenRejected('slot-not-free'));
  it('needs no proof for a permit, which has nothing to clean', () =>
    given(added(permit), leased(1), soiled(1)).when(free(1, null)).then(freed(1, null)));
  it('refuses a slot in which something is left', () =>
    given(added(repository), leased(1), soiled(1))
      .when(free(1, evidence(3)))
      .thenRejected('slot-not-free'));
  it('does nothing to a slot of another holder', () => given(added(repository), leased(2)).when(free(1)).thenNothing());
  it('does nothing when it is repeated', () =>
    given(added(repository), leased(1), freed(1)).when(free(1)).thenNothing());
  it('refuses a slot the pool does not have', () => given().when(free(1)).thenRejected('slot-not-found'));
});

describe('a pool', () => {
  it('ignores events of a slot it does not have', () => {
    const before = stateAfter(slotPoolDecider, [added(another)]);
    expect(slotPoolDecider.evolve(before, leased(1))).toStrictEqual(before);
  });
});
