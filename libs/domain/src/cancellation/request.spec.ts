import { describe, expect, it } from '@jest/globals';
import {
  asTasksSay,
  done,
  history,
  join,
  ofJob,
  ofTask,
  opened,
  recordFacts,
  request,
  untilCompleted,
} from '../testing/cancellations.js';
import { specOf, stateAfter } from '../testing/given.js';
import { at, now } from '../testing/jobs.js';
import type { CancellationEvent } from './cancellation-event.js';
import type { CancellationOptions } from './cancellation.js';
import { cancellationDecider } from './decider.js';

const given = specOf(cancellationDecider);

describe('requesting a cancellation', () => {
  const { type: _, ...asked } = request();

  it('stores the intent and asks to block dispatch', () =>
    given()
      .when(request())
      .then(
        { type: 'CancellationRequested', ...asked },
        opened('validate', at(0)),
        done('validate', { target: 'job' }, at(0)),
        opened('block-dispatch', at(0)),
      ));

  it('does nothing when the same request is repeated', () =>
    given(...history(request()))
      .when({ ...request(), at: now })
      .thenNothing());

  it('does nothing when it is repeated after the end', () =>
    given(...history(...untilCompleted))
      .when(request())
      .thenNothing());

  it('refuses another request under the same id', () =>
    given(...history(request()))
      .when({ ...request(ofTask), fingerprint: 'body-2' })
      .thenRejected('idempotency-conflict'));

  it('must come before anything else', () => given().when(recordFacts()).thenRejected('cancellation-not-found'));

  it('is what a cancellation begins with, whatever else is told of it', () =>
    expect(stateAfter(cancellationDecider, [opened('plan')])).toStrictEqual({ status: 'unknown' }));
});

describe('joining a cancellation', () => {
  const joined: CancellationEvent = {
    type: 'CancellationJoined',
    requestedBy: 'bob',
    reason: { code: 'budget', text: 'too dear' },
    at: now,
  };
  const upgraded = (options: CancellationOptions): CancellationEvent => ({
    type: 'CancellationUpgraded',
    options,
    requestedBy: 'bob',
    at: now,
  });
  const within5s = { ...asTasksSay, gracePeriodMs: 5_000 };
  const begunWith = (options: CancellationOptions): CancellationEvent[] => history(request(ofJob, options));

  it('is recorded', () =>
    given(...begunWith(asTasksSay))
      .when(join())
      .then(joined));

  it('adds force', () =>
    given(...begunWith(asTasksSay))
      .when(join({ force: true }))
      .then(joined, upgraded({ ...asTasksSay, force: true })));

  it('never takes force away', () =>
    given(...begunWith({ ...asTasksSay, force: true }))
      .when(join())
      .then(joined));

  it('shortens the grace', () =>
    given(...begunWith(within5s))
      .when(join({ gracePeriodMs: 1_000 }))
      .then(joined, upgraded({ ...asTasksSay, gracePeriodMs: 1_000 })));

  it('never lengthens the grace', () =>
    given(...begunWith(within5s))
      .when(join({ gracePeriodMs: 9_000 }))
      .then(joined));

  it('bounds the tasks’ own graces instead of replacing them: one may be shorter still', () =>
    given(...begunWith(asTasksSay))
      .when(join({ gracePeriodMs: 5_000 }))
      .then(joined, upgraded({ ...asTasksSay, graceLimitMs: 5_000 })));

  it('shortens that bound and never lengthens it', () => {
    const bounded = history(request(), join({ gracePeriodMs: 5_000 }));
    given(...bounded)
      .when(join({ gracePeriodMs: 1_000 }))
      .then(joined, upgraded({ ...asTasksSay, graceLimitMs: 1_000 }));
    given(...bounded)
      .when(join({ gracePeriodMs: 9_000 }))
      .then(joined);
  });

  it('keeps what was stronger when it is stronger otherwise', () =>
    given(...begunWith({ ...within5s, force: true }))
      .when(join({ gracePeriodMs: 1_000 }))
      .then(joined, upgraded({ ...within5s, force: true, gracePeriodMs: 1_000 })));

  it('adds force and leaves the shorter grace', () =>
    given(...begunWith(within5s))
      .when(join({ gracePeriodMs: 9_000, force: true }))
      .then(joined, upgraded({ ...within5s, force: true })));

  it('does nothing once the cancellation is completed', () =>
    given(...history(...untilCompleted))
      .when(join({ force: true }))
      .thenNothing());
});
