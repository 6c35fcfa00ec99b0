import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SlotId } from '../ids.js';
import { at, executionId, jobId, now, runnerId, taskId } from '../testing/jobs.js';
import { foldTwice, play, type Played } from '../testing/play.js';
import { slotPoolDecider } from './decider.js';
import type { SlotPool, SlotPoolCommand, SlotPoolEvent } from './slot-pool.js';

const pool = 'repos';
const slotId = fc.constantFrom('run_1/repos/0', 'run_1/repos/1', 'run_1/repos/9').map((id) => id as SlotId);
const token = fc.integer({ min: 1, max: 6 });
const kinds = ['repository', 'counted'] as const;

const added: SlotPoolCommand = {
  type: 'AddSlots',
  pool,
  slots: kinds.map((kind, index) => ({ slotId: `run_1/repos/${index}` as SlotId, runnerId, kind })),
  at: at(0),
};
const command: fc.Arbitrary<SlotPoolCommand> = fc
  .record({
    type: fc.constantFrom('LeaseSlot' as const, 'SoilSlot' as const, 'FreeSlot' as const),
    slotId,
    token,
    left: fc.constantFrom(0, 0, 3, null),
  })
  .map(({ type, slotId, token, left }): SlotPoolCommand => {
    const holder = { executionId: executionId(token), jobId, taskId: taskId('a'), fencingToken: token };
    const evidence = left === null ? null : { kind: 'repository' as const, leftEntries: left, checkedAt: now };
    switch (type) {
      case 'LeaseSlot':
        return { type, slotId, holder, at: now };
      case 'SoilSlot':
        return { type, slotId, executionId: holder.executionId, at: now };
      case 'FreeSlot':
        return { type, slotId, executionId: holder.executionId, evidence, at: now };
      default:
        return type satisfies never;
    }
  });

const lives = (check: (played: Played<SlotPool, SlotPoolCommand, SlotPoolEvent>) => void): void =>
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => check(play(slotPoolDecider, [added, ...commands]))),
    { numRuns: 200 },
  );

describe('whatever happens to a slot pool', () => {
  it('is decided or refused, never a fault', () => lives(({ faults }) => expect(faults).toStrictEqual([])));

  it('leaves a slot with one holder at most, and gives it to the next only when it is free', () =>
    lives(({ events }) => {
      const holders = new Map<string, string>();
      for (const event of events) {
        if (event.type === 'SlotsAdded') continue;
        const { executionId } = event.holder;
        if (event.type === 'SlotLeased') {
          expect(holders.has(event.slotId)).toBe(false);
          holders.set(event.slotId, executionId);
        } else {
          expect(holders.get(event.slotId)).toBe(executionId);
          if (event.type === 'SlotFreed') holders.delete(event.slotId);
        }
      }
    }));

  it('leases to ever greater tokens', () =>
    lives(({ events }) => {
      const last = new Map<string, number>();
      for (const event of events) {
        if (event.type !== 'SlotLeased') continue;
        expect(event.holder.fencingToken).toBeGreaterThan(last.get(event.slotId) ?? 0);
        last.set(event.slotId, event.holder.fencingToken);
      }
    }));

  it('frees a soiled repository only with the proof that it is clean', () =>
    lives(({ events }) => {
      const soiled = new Set<string>();
      for (const event of events) {
        if (event.type === 'SlotSoiled') soiled.add(event.slotId);
        if (event.type !== 'SlotFreed') continue;
        if (soiled.delete(event.slotId) && event.slotId === 'run_1/repos/0') {
          expect(event.evidence).toMatchObject({ leftEntries: 0 });
        }
      }
    }));

  it('does nothing when it is told again, however much later', () =>
    lives(({ effective }) => expect(effective.filter(({ again }) => again.length > 0)).toStrictEqual([])));

  it('gives the same state each time it is replayed', () =>
    lives(({ events }) => expect(foldTwice(slotPoolDecider, events)).toBe(true)));
});
