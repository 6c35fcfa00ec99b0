import { describe, expect, it } from '@jest/globals';
import {
  history,
  look,
  recordBlocked,
  recordCleanup,
  recordFacts,
  recordFailure,
  recordFencing,
  recordTermination,
  recordVerification,
  request,
  stateOf,
  times,
  untilBlock,
  untilCompleted,
  untilSideBySide,
  untilTerminate,
  untilVerify,
} from '../testing/cancellations.js';
import { ATTEMPTS_BEFORE_INTERIM_OUTCOME } from './fail-step.js';
import type { CancellationCommand } from './cancellation-command.js';

/** The outcomes a history announces, in order. */
function outcomes(...commands: CancellationCommand[]): string[] {
  return history(...commands).flatMap((event) => ('certificate' in event ? event.certificate.outcome : []));
}
const givenUp = (step: Parameters<typeof recordFailure>[0], code?: string): CancellationCommand[] =>
  times(ATTEMPTS_BEFORE_INTERIM_OUTCOME, recordFailure(step, code));

describe('the outcome of a cancellation', () => {
  it('is announced once, when everything is proven', () =>
    expect(outcomes(...untilCompleted)).toStrictEqual(['completed']));

  it('stays open while a step fails that may yet succeed', () =>
    expect(outcomes(...untilTerminate, ...givenUp('terminate').slice(1))).toStrictEqual([]));
});

describe('a cancellation that is left partial', () => {
  it('is one of which a step keeps failing', () =>
    expect(outcomes(...untilSideBySide, ...givenUp('clean'))).toStrictEqual(['partial']));

  it('is one of which the second look keeps finding something', () => {
    const looks = Array.from({ length: 8 }, (_, second) => recordVerification(look(second, { leftFiles: 1 })));
    expect(outcomes(...untilVerify, ...looks)).toStrictEqual(['partial']);
  });

  it('says so once', () =>
    expect(outcomes(...untilSideBySide, ...givenUp('clean'), recordFailure('clean'))).toStrictEqual(['partial']));

  it('may be one that was never planned', () =>
    expect(outcomes(...untilBlock, ...givenUp('block-dispatch'))).toStrictEqual(['partial']));

  it('stays partial when it gets further', () =>
    expect(stateOf(...untilBlock, ...givenUp('block-dispatch'), recordBlocked())).toMatchObject({ status: 'partial' }));

  it('is driven on and completes when all is proven', () =>
    expect(
      outcomes(
        ...untilSideBySide,
        ...givenUp('clean'),
        recordFacts(),
        recordCleanup(),
        recordVerification(look(51), look(52)),
      ),
    ).toStrictEqual(['partial', 'completed']));

  it('is not announced for a step that has just succeeded', () =>
    expect(outcomes(...untilTerminate, ...givenUp('terminate').slice(1), recordTermination())).toStrictEqual([]));
});

describe('a cancellation that is left unconfirmed', () => {
  it('is one of which an execution was fenced', () =>
    expect(outcomes(...untilTerminate, recordFencing())).toStrictEqual(['unconfirmed']));

  it('says so once', () =>
    expect(outcomes(...untilTerminate, recordFencing(), recordFacts(), recordFailure('clean'))).toStrictEqual([
      'unconfirmed',
    ]));

  it('is one whose runner cannot be asked', () =>
    expect(outcomes(...untilVerify, ...givenUp('verify', 'runner-unreachable'))).toStrictEqual(['unconfirmed']));

  it('is not one of which a fenced execution has no part', () =>
    expect(outcomes(...untilBlock, recordFencing('beside'), recordBlocked())).toStrictEqual([]));

  it('is one whose execution was fenced before there was a plan, once there is one', () =>
    expect(outcomes(...untilBlock, recordFencing(), recordBlocked())).toStrictEqual(['unconfirmed']));

  it('completes when the runner comes back and proves the end', () =>
    expect(
      outcomes(
        ...untilTerminate,
        recordFencing(),
        recordFacts(),
        recordCleanup(),
        recordTermination(),
        recordVerification(look(51), look(52)),
      ),
    ).toStrictEqual(['unconfirmed', 'completed']));

  it('completes when the end is proven only after the second look', () =>
    expect(
      outcomes(
        ...untilTerminate,
        recordFencing(),
        recordFacts(),
        recordCleanup(),
        recordVerification(look(51), look(52)),
        recordTermination(),
        recordVerification(look(53), look(54)),
      ),
    ).toStrictEqual(['unconfirmed', 'completed']));

  it('turns partial when the end is proven and something known stays', () =>
    expect(outcomes(...untilTerminate, recordFencing(), recordTermination(), ...givenUp('clean'))).toStrictEqual([
      'unconfirmed',
      'partial',
    ]));

  it('may follow on partial', () =>
    expect(outcomes(...untilTerminate, ...givenUp('terminate'), recordFencing())).toStrictEqual([
      'partial',
      'unconfirmed',
    ]));

  it('stays unconfirmed when it gets further', () =>
    expect(stateOf(request(), recordFencing(), recordBlocked(), recordFacts())).toMatchObject({
      status: 'unconfirmed',
    }));
});
