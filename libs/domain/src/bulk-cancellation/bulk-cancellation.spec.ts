import { describe, expect, it } from '@jest/globals';
import {
  abort,
  aJobId,
  bulkRequest,
  dequeued,
  jobs,
  memberId,
  opened,
  requestBulk,
  settled,
} from '../testing/bulks.js';
import { eventsAfter, specOf, stateAfter } from '../testing/given.js';
import { at, now, otherCancellationId } from '../testing/jobs.js';
import type { Bulk, BulkCommand, BulkEvent } from './bulk-cancellation.js';
import { bulkDecider } from './decider.js';
import { bulkEffectsOf } from './effects.js';
import { countTargets, targetsOf } from './target-outcome.js';

const given = specOf(bulkDecider);
const history = (...commands: BulkCommand[]): BulkEvent[] => eventsAfter(bulkDecider, ...commands);
const stateOf = (...commands: BulkCommand[]): Bulk => {
  const state = stateAfter(bulkDecider, history(...commands));
  if (state.status === 'unknown') throw new Error('unknown');
  return state;
};
const types = (events: readonly BulkEvent[]): string[] => events.map(({ type }) => type);
const [a, b] = [aJobId(0), aJobId(1)];
const started = (chunk: number, time = now): BulkEvent => ({ type: 'BulkChunkStarted', chunk, at: time });

describe('a request for a bulk', () => {
  it('stores its plan in chunks, and begins with the first two', () => {
    const [requested, ...rest] = history(requestBulk(jobs(0, 12_500), jobs(15_000, 15_001)));
    expect(requested).toMatchObject({ type: 'BulkRequested', plan: { targets: 12_501, waiting: 12_500, started: 1 } });
    expect(rest.slice(0, 4)).toMatchObject([
      { chunk: 0, action: 'dequeue', jobIds: jobs(0, 5_000) },
      { chunk: 1, action: 'dequeue', jobIds: jobs(5_000, 10_000) },
      { chunk: 2, action: 'dequeue', jobIds: jobs(10_000, 12_500) },
      { chunk: 3, action: 'stop', jobIds: jobs(15_000, 15_001) },
    ]);
    expect(rest.slice(4)).toStrictEqual([started(0, at(1)), started(1, at(1))]);
  });

  it('again is nothing; under another body it is a conflict', () => {
    given(...history(requestBulk([a])))
      .when(requestBulk([b]))
      .thenNothing();
    given(...history(requestBulk([a])))
      .when({ ...requestBulk([a]), fingerprint: 'sha256:other' } as BulkCommand)
      .thenRejected('idempotency-conflict');
  });

  it('must be there before anything is recorded', () => given().when(abort).thenRejected('cancellation-not-found'));
});

describe('a chunk that is dequeued', () => {
  it('opens the next one', () =>
    expect(history(requestBulk(jobs(0, 15_000)), dequeued(1)).slice(-2)).toStrictEqual([
      { type: 'BulkChunkDequeued', chunk: 1, dequeued: 5_000, started: [], ended: [], at: now },
      started(2),
    ]));

  it('is recorded once', () =>
    given(...history(requestBulk(jobs(0, 15_000)), dequeued(0)))
      .when(dequeued(0))
      .thenNothing());

  it('is not recorded before it was asked for', () =>
    given(...history(requestBulk(jobs(0, 15_000))))
      .when(dequeued(2))
      .thenNothing());

  it('that was the last concludes the bulk with what became of each target', () => {
    const ended = [{ jobId: b, how: 'already-cancelled', cancellationId: otherCancellationId }] as const;
    const state = stateOf(requestBulk([a, b]), dequeued(0, { ended }));
    expect(state).toMatchObject({
      status: 'completed',
      endedAt: now,
      certificate: { outcome: 'completed', completedAfterMs: 60_000, acknowledgedAfterMs: 1_000 },
    });
    expect(countTargets(state)).toStrictEqual({
      planned: 2,
      cancelled: 1,
      neverStarted: 1,
      alreadyEnded: 1,
      undone: 0,
      partial: 0,
      unconfirmed: 0,
      notReached: 0,
      pending: 0,
    });
    expect(targetsOf(state)).toStrictEqual([
      { jobId: a, outcome: 'cancelled', neverStarted: true, cancellationId: bulkRequest.cancellationId },
      { jobId: b, outcome: 'already-cancelled', neverStarted: false, cancellationId: otherCancellationId },
    ]);
    expect(bulkEffectsOf(state)).toStrictEqual([]);
  });
});

describe('what has begun', () => {
  it('is stopped once everything that waits is dequeued: a place made free must not be taken by a target', () => {
    const waiting = stateOf(requestBulk([a], [b]));
    expect(bulkEffectsOf(waiting)).toStrictEqual([{ type: 'dequeue', chunk: 0, jobIds: [a] }]);
    const next = stateOf(requestBulk([a], [b]), dequeued(0));
    expect(bulkEffectsOf(next)).toStrictEqual([{ type: 'open-members', jobIds: [b] }]);
  });

  it('is stopped too when it began after the plan', () =>
    expect(bulkEffectsOf(stateOf(requestBulk([a, b]), dequeued(0, { started: [b] })))).toStrictEqual([
      { type: 'open-members', jobIds: [b] },
    ]));

  it('is looked at until its own cancellation has an outcome', () => {
    const open = stateOf(requestBulk([], [a, b]), opened(a, b), settled('cancelled', a));
    expect(bulkEffectsOf(open)).toStrictEqual([
      { type: 'look-at-members', members: [{ jobId: b, cancellationId: memberId(b), joined: false }] },
    ]);
    expect(targetsOf(open).map(({ outcome }) => outcome)).toStrictEqual(['cancelled', 'stopping']);
  });

  it('makes the outcome partial or unconfirmed while its own is, and completed once it is proven', () => {
    const left = [requestBulk([], [a, b]), opened(a, b), settled('cancelled', a), settled('partial', b)];
    expect(stateOf(...left)).toMatchObject({ status: 'partial', certificate: { outcome: 'partial' } });
    expect(bulkEffectsOf(stateOf(...left))).toHaveLength(1);
    expect(stateOf(...left, settled('unconfirmed', b))).toMatchObject({ status: 'unconfirmed' });
    const proven = stateOf(...left, settled('cancelled', b));
    expect(proven).toMatchObject({ status: 'completed', certificate: { targets: { cancelled: 2, partial: 0 } } });
  });

  it('that had ended by itself before its cancellation came counts as ended, not as cancelled', () =>
    expect(countTargets(stateOf(requestBulk([], [a]), opened(a), settled('already-ended', a)))).toMatchObject({
      cancelled: 0,
      alreadyEnded: 1,
    }));

  it('whose own cancellation was there before and is undone is settled, and goes on', () =>
    expect(stateOf(requestBulk([], [a]), opened(a), settled('undone', a))).toMatchObject({
      status: 'completed',
      certificate: { targets: { cancelled: 0, undone: 1, pending: 0 } },
    }));

  it('is recorded once, and nobody else is', () => {
    const open = history(requestBulk([], [a]), opened(a));
    given(...open)
      .when(opened(a))
      .thenNothing();
    given(...open)
      .when(opened(b))
      .thenNothing();
    given(...open)
      .when(settled('cancelled', b))
      .thenNothing();
    given(...history(requestBulk([], [a]), opened(a), settled('cancelled', a)))
      .when(settled('partial', a))
      .thenNothing();
  });
});

describe('an abort', () => {
  const long = requestBulk(jobs(0, 15_000), jobs(25_000, 25_001));

  it('leaves alone what is not reached, and waits for what is', () => {
    const aborted = [long, abort, dequeued(0)];
    expect(bulkEffectsOf(stateOf(...aborted))).toMatchObject([{ type: 'dequeue', chunk: 1 }]);
    const state = stateOf(...aborted, dequeued(1));
    expect(state).toMatchObject({ status: 'aborted', abortedBy: 'user:grace', certificate: { outcome: 'aborted' } });
    expect(countTargets(state)).toMatchObject({ cancelled: 10_000, notReached: 5_001, pending: 0 });
    expect(targetsOf(state).at(-1)).toMatchObject({ outcome: 'not-reached' });
  });

  it('still ends a reached target that had begun meanwhile', () =>
    expect(bulkEffectsOf(stateOf(long, abort, dequeued(0, { started: [a] }), dequeued(1)))).toStrictEqual([
      { type: 'open-members', jobIds: [a] },
    ]));

  it('does nothing when everything is reached, and nothing the second time', () => {
    given(...history(requestBulk([a])))
      .when(abort)
      .thenNothing();
    given(...history(long, abort))
      .when(abort)
      .thenNothing();
  });

  it('concludes at once when nothing is under way', () =>
    expect(types(history(requestBulk(jobs(0, 5_000), [aJobId(10_000)]), abort, dequeued(0))).slice(-2)).toStrictEqual([
      'BulkChunkDequeued',
      'BulkConcluded',
    ]));
});
