import { describe, expect, it } from '@jest/globals';
import {
  done,
  history,
  join,
  look,
  opened,
  recordBlocked,
  recordCleanup,
  recordFacts,
  recordFailure,
  recordFencing,
  recordTermination,
  recordVerification,
  stateOf,
  untilCompleted,
  untilSideBySide,
  untilTerminate,
  untilVerify,
} from '../testing/cancellations.js';
import { specOf } from '../testing/given.js';
import { now } from '../testing/jobs.js';
import type { CancellationEvent } from './cancellation-event.js';
import { cancellationDecider } from './decider.js';

const given = specOf(cancellationDecider);

describe('the second look', () => {
  const passed = (second: number): CancellationEvent => ({ type: 'VerificationPassed', pass: look(second), at: now });
  const survivor = look(51, { survivors: 1 });
  const survived: CancellationEvent = { type: 'VerificationFailed', pass: survivor, at: now };
  const failures = (
    attempt: number,
    message = 'left: 1 processes, 0 slots, 0 open states, 0 files',
  ): CancellationEvent[] => [
    { type: 'StepFailed', step: 'verify', attempt, error: { code: 'verification-failed', message }, at: now },
    { type: 'StepRetried', step: 'verify', attempt: attempt + 1, at: now },
  ];

  it('completes the cancellation when it finds nothing twice in a row', () => {
    const events = cancellationDecider.decide(recordVerification(look(51), look(52)), stateOf(...untilVerify));
    expect(events.slice(0, -1)).toStrictEqual([
      passed(51),
      passed(52),
      done('verify', { passes: 2 }),
      opened('certify'),
      done('certify', { streamHash: 'sha256:beef' }),
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'CancellationCompleted', certificate: { outcome: 'completed' } });
  });

  it('is not enough once', () =>
    given(...history(...untilVerify))
      .when(recordVerification(look(51)))
      .then(passed(51)));

  it('counts looks one after the other', () =>
    expect(history(...untilVerify, recordVerification(look(51)), recordVerification(look(52)))).toContainEqual(
      done('verify', { passes: 2 }),
    ));

  it('does not count one look twice', () =>
    given(...history(...untilVerify, recordVerification(look(51))))
      .when(recordVerification(look(51)))
      .thenNothing());

  it('does not count a look that is older than what was found since', () =>
    given(...history(...untilVerify, recordVerification(look(52, { survivors: 1 }))))
      .when(recordVerification(look(50), look(51)))
      .thenNothing());

  it('has failed when it finds a process', () =>
    given(...history(...untilVerify))
      .when(recordVerification(survivor))
      .then(survived, ...failures(1)));

  it.each([
    [{ heldSlots: 1 }, 'left: 0 processes, 1 slots, 0 open states, 0 files'],
    [{ openStates: 2 }, 'left: 0 processes, 0 slots, 2 open states, 0 files'],
    [{ leftFiles: 3 }, 'left: 0 processes, 0 slots, 0 open states, 3 files'],
  ])('has failed when it finds anything else: %o', (found, message) =>
    given(...history(...untilVerify))
      .when(recordVerification(look(51, found)))
      .then({ type: 'VerificationFailed', pass: look(51, found), at: now }, ...failures(1, message)),
  );

  it('starts counting anew after it found something', () =>
    given(...history(...untilVerify, recordVerification(look(50))))
      .when(recordVerification(survivor, look(52)))
      .then(survived, passed(52), ...failures(1)));

  it('forgives a find that is followed by two clean looks', () =>
    expect(history(...untilVerify, recordVerification(survivor, look(52), look(53))).map(({ type }) => type)).toContain(
      'CancellationCompleted',
    ));

  it('does nothing before it is due', () =>
    given(...history(...untilSideBySide))
      .when(recordVerification(look(51), look(52)))
      .thenNothing());

  it('of nothing is no look', () =>
    given(...history(...untilVerify))
      .when(recordVerification())
      .thenNothing());

  it('cannot complete a cancellation while an execution is not proven gone', () =>
    given(...history(...untilTerminate, recordFencing(), recordFacts(), recordCleanup()))
      .when(recordVerification(look(51), look(52)))
      .then(passed(51), passed(52)));
});

describe('a completed cancellation', () => {
  it.each([
    recordBlocked(),
    recordTermination(),
    recordFencing(),
    recordFacts(),
    recordCleanup(),
    recordVerification(look(60)),
    recordFailure('verify'),
    join({ force: true }),
  ])('is not changed by anything: $type', (command) =>
    given(...history(...untilCompleted))
      .when(command)
      .thenNothing(),
  );

  it('has gone through every step', () => {
    const state = stateOf(...untilCompleted);
    if (state.status === 'unknown') throw new Error('unknown');
    expect(Object.values(state.steps).map(({ status }) => status)).toStrictEqual(Array(10).fill('completed'));
    expect(state).toMatchObject({ status: 'completed', endedAt: now, certificate: { outcome: 'completed' } });
  });
});
