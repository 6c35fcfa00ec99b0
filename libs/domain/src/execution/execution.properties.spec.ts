import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ending, evidence, execution, unproven } from '../testing/executions.js';
import { at, cancellationId, now, otherCancellationId } from '../testing/jobs.js';
import { foldTwice, play, type Played } from '../testing/play.js';
import { executionDecider } from './decider.js';
import type { ExecutionCommand, ExecutionEvent, ExecutionState } from './execution.js';

/** Objects as JSON gives them, so that what was stored equals what was not. */
const PLAIN = { noNullPrototype: true } as const;

const identity = fc.constantFrom(7, 7, 7, 7, 6, 8).map((fencingToken) => execution('a', { fencingToken }));
const stop = fc.record(
  {
    cancellationId: fc.constantFrom(cancellationId, otherCancellationId, null),
    signal: fc.constantFrom('SIGTERM' as const, 'SIGINT' as const),
    signalTo: fc.constant('tree' as const),
    gracePeriodMs: fc.constantFrom(0, 1_000, 5_000),
    force: fc.boolean(),
  },
  PLAIN,
);
const signal = fc.record(
  {
    signal: fc.constantFrom('SIGTERM' as const, 'SIGKILL' as const),
    at: fc.constantFrom(at(1), at(2)),
    processes: fc.constant(3),
    answer: fc.constant('delivered'),
  },
  PLAIN,
);
const anEnding = fc
  .tuple(fc.constantFrom('exited' as const, 'stopped' as const), fc.constantFrom(evidence(), unproven))
  .map(([reason, proof]) => ending(reason, { evidence: proof }));

const command: fc.Arbitrary<ExecutionCommand> = fc.oneof(
  fc.record({
    type: fc.constant('RecordStarted' as const),
    execution: identity,
    containment: fc.constant('cgroup2' as const),
    pid: fc.constant(42),
    at: fc.constant(now),
  }),
  fc.record({ type: fc.constant('RequestStop' as const), execution: identity, stop, at: fc.constant(now) }),
  fc.record({
    type: fc.constant('RecordSignal' as const),
    execution: identity,
    evidence: signal,
    at: fc.constant(now),
  }),
  fc.record({ type: fc.constant('RecordEnded' as const), execution: identity, ending: anEnding, at: fc.constant(now) }),
  fc.record({ type: fc.constant('FenceExecution' as const), execution: identity, at: fc.constant(now) }),
);

const lives = (check: (played: Played<ExecutionState, ExecutionCommand, ExecutionEvent>) => void): void =>
  fc.assert(
    fc.property(fc.array(command, { maxLength: 30 }), (commands) => check(play(executionDecider, commands))),
    { numRuns: 300 },
  );

describe('whatever happens to an execution', () => {
  it('is decided or refused, never a fault', () => lives(({ faults }) => expect(faults).toStrictEqual([])));

  it('has ended for good once its end is proven', () =>
    lives(({ states }) => {
      const proven = states.findIndex(
        (state) => state.status === 'ended' && state.ending.evidence.provenGoneAt !== null,
      );
      if (proven === -1) return;
      const { stale: _, ...end } = states[proven] as Extract<ExecutionState, { status: 'ended' }>;
      for (const later of states.slice(proven)) expect(later).toMatchObject(end);
    }));

  it('never comes back from its end', () =>
    lives(({ states }) => {
      const ended = states.findIndex(({ status }) => status === 'ended');
      if (ended !== -1)
        expect(new Set(states.slice(ended).map(({ status }) => status))).toStrictEqual(new Set(['ended']));
    }));

  it('is stopped ever harder, never softer', () =>
    lives(({ events }) => {
      const stops = events.flatMap((event) => (event.type === 'ExecutionStopRequested' ? event.stop : []));
      stops.slice(1).forEach((next, index) => {
        const before = stops[index];
        expect(next.gracePeriodMs).toBeLessThanOrEqual(before?.gracePeriodMs ?? Infinity);
        expect(next.force || !before?.force).toBe(true);
        if (before?.cancellationId) expect(next.cancellationId).toBe(before.cancellationId);
      });
    }));

  it('is changed by nothing under another token', () =>
    lives(({ events }) => {
      const tokens = events.flatMap((event) => ('execution' in event ? event.execution.fencingToken : []));
      expect(new Set(tokens).size).toBeLessThanOrEqual(1);
    }));

  it('does nothing when it is told again, however much later', () =>
    lives(({ effective }) => expect(effective.filter(({ again }) => again.length > 0)).toStrictEqual([])));

  it('gives the same state each time it is replayed', () =>
    lives(({ events }) => expect(foldTwice(executionDecider, events)).toBe(true)));
});
