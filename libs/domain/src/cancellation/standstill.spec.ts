import { describe, expect, it } from '@jest/globals';
import {
  asTasksSay,
  history,
  ofJob,
  proof,
  recordBlocked,
  recordCleanup,
  recordFacts,
  recordFailure,
  recordFencing,
  recordTermination,
  recordVerification,
  look,
  request,
  settledFacts,
  heldSlot,
  stateOf,
  times,
  untilSideBySide,
  untilTerminate,
  untilVerify,
} from '../testing/cancellations.js';
import { at, now } from '../testing/jobs.js';
import { ATTEMPTS_BEFORE_INTERIM_OUTCOME } from './fail-step.js';
import type { CancellationCommand } from './cancellation-command.js';
import type { StepName } from './cancellation.js';
import { isAtStandstill } from './standstill.js';

const PATIENCE_MS = 5_000;
const NEXT = at(500);
const laterBy = (seconds: number): string => new Date(Date.parse(now) + seconds * 1_000).toISOString();
/** A drive `seconds` after the last change that heard nothing new of these steps. */
const standstill = (seconds: number, ...steps: StepName[]): CancellationCommand => ({
  type: 'RecordStandstill',
  steps,
  patienceMs: PATIENCE_MS,
  nextDriveAt: NEXT,
  at: laterBy(seconds),
  proof,
});
const follows = (seconds: number, given: CancellationCommand[], ...steps: StepName[]) =>
  history(...given, standstill(seconds, ...steps)).slice(history(...given).length);
const outcomes = (...commands: CancellationCommand[]) =>
  history(...commands).flatMap((event) => ('certificate' in event ? event.certificate.outcome : []));
/** The task of the story has a grace period of 10 s. */
const GRACE = 10;

describe('a drive that hears nothing new', () => {
  it('is no failure within patience', () => expect(follows(4, untilSideBySide, 'clean')).toStrictEqual([]));

  it('is none within the grace period that was asked for either', () =>
    expect(follows(GRACE + 4, untilTerminate, 'terminate')).toStrictEqual([]));

  it('is one beyond it, saying what is missing and when it is tried again', () =>
    expect(follows(GRACE + 5, untilTerminate, 'terminate')).toStrictEqual([
      {
        type: 'StepFailed',
        step: 'terminate',
        attempt: 1,
        error: { code: 'no-progress', message: '1 of 1 executions have not ended: train' },
        at: laterBy(GRACE + 5),
      },
      { type: 'StepRetried', step: 'terminate', attempt: 2, nextDriveAt: NEXT, at: laterBy(GRACE + 5) },
    ]));

  it('has no grace to wait for when force was asked for', () => {
    const forced = [request(ofJob, { ...asTasksSay, force: true }), recordBlocked()];
    expect(follows(5, forced, 'terminate')).toHaveLength(2);
  });

  it('fails every step that waits', () =>
    expect(follows(5, untilSideBySide, 'settle-states', 'release', 'clean')).toMatchObject([
      { type: 'StepFailed', step: 'settle-states' },
      { type: 'StepRetried' },
      { type: 'StepFailed', step: 'release' },
      { type: 'StepRetried' },
      { type: 'StepFailed', step: 'clean' },
      { type: 'StepRetried' },
    ]));

  it('fails none that is done', () =>
    expect(follows(5, [...untilSideBySide, recordCleanup()], 'clean')).toStrictEqual([]));

  it('is patient again after anything has changed', () => {
    const moved = { ...recordCleanup(), at: laterBy(7) };
    expect(follows(8, [...untilSideBySide, moved], 'release')).toStrictEqual([]);
  });

  it('is not made patient by attempts, looks and askers, which change nothing', () => {
    const busy = [
      ...untilSideBySide,
      recordFacts(),
      recordCleanup(),
      { ...recordVerification(look(51, { survivors: 1 })), at: laterBy(4) },
    ];
    expect(stateOf(...busy)).toMatchObject({ movedAt: now });
  });
});

describe('a cancellation', () => {
  const stands = (...commands: CancellationCommand[]) => {
    const state = stateOf(...commands);
    return state.status !== 'unknown' && isAtStandstill(state);
  };
  const found = [...untilSideBySide, standstill(5, 'release')];

  it('stands still from the drive that finds it so', () => {
    expect(stands(...untilSideBySide)).toBe(false);
    expect(stands(...found)).toBe(true);
  });

  it('does not any more once something has changed', () =>
    expect(stands(...found, { ...recordCleanup(), at: laterBy(7) })).toBe(false));

  it('does because of another failure only when that comes long after the last change', () => {
    const failing = (seconds: number): CancellationCommand => {
      const error = { code: 'service-unavailable', message: 'away' };
      return { type: 'RecordStepFailure', step: 'clean', error, at: laterBy(seconds), proof };
    };
    expect(stands(...untilSideBySide, failing(1))).toBe(false);
    expect(stands(...untilSideBySide, failing(1), failing(6))).toBe(true);
  });
});

describe('a cancellation of which a step merely stays open', () => {
  const stuck = [...untilSideBySide, recordFacts(settledFacts({ heldSlots: [heldSlot('train', 'soiled')] }))];
  const drives = (count: number, ...steps: StepName[]) =>
    Array.from({ length: count }, (_, drive) => standstill(5 + drive, ...steps));

  it('is left partial, and its certificate names what is left', () => {
    const commands = [...stuck, recordCleanup(), ...drives(ATTEMPTS_BEFORE_INTERIM_OUTCOME, 'release')];
    expect(outcomes(...commands)).toStrictEqual(['partial']);
    expect(stateOf(...commands)).toMatchObject({
      status: 'partial',
      certificate: { left: [{ step: 'release', code: 'no-progress' }] },
    });
  });

  it('is left unconfirmed when nobody can look', () =>
    expect(outcomes(...untilTerminate, recordFencing(), ...drives(8, 'settle-states'))).toStrictEqual(['unconfirmed']));

  it('completes, with nothing left, once it is proven', () => {
    const commands = [
      ...stuck,
      recordCleanup(),
      ...drives(8, 'release'),
      recordFacts(),
      recordVerification(look(51), look(52)),
    ];
    expect(outcomes(...commands)).toStrictEqual(['partial', 'completed']);
    const completed = stateOf(...commands);
    expect(completed.status === 'completed' && completed.certificate).not.toHaveProperty('left');
  });

  it('says the same ever more rarely, so that its stream does not grow with the time it waits', () => {
    const everySecondForAnHour = drives(3_600, 'release');
    const failures = history(...stuck, ...everySecondForAnHour).filter(({ type }) => type === 'StepFailed');
    expect(failures.length).toBeLessThan(40);
  });

  it('has a process that cannot be killed', () => {
    const commands = [
      ...untilTerminate,
      ...times(ATTEMPTS_BEFORE_INTERIM_OUTCOME, standstill(GRACE + 5, 'terminate')),
      recordTermination(),
    ];
    expect(outcomes(...commands)).toStrictEqual(['partial']);
    expect(stateOf(...commands)).toMatchObject({ steps: { clean: { status: 'open' } } });
  });
});

describe('a step that fails in every drive of ten minutes', () => {
  const everySecond = (inputAt: (at: string) => CancellationCommand): CancellationCommand[] =>
    Array.from({ length: 600 }, (_, second) => inputAt(laterBy(second)));
  const inTenMinutes = (given: CancellationCommand[], inputAt: (at: string) => CancellationCommand) =>
    history(...given, ...everySecond(inputAt)).slice(history(...given).length);

  it('is told of ever more rarely, while the first failures are all told', () => {
    const failed = inTenMinutes(untilSideBySide, (at) => ({ ...recordFailure('clean'), at }));
    expect(failed.length).toBeLessThan(50);
    expect(
      failed
        .slice(0, 2 * ATTEMPTS_BEFORE_INTERIM_OUTCOME)
        .map(({ at }) => at)
        .at(-1),
    ).toBe(laterBy(ATTEMPTS_BEFORE_INTERIM_OUTCOME - 1));
  });

  it('does not record each look that finds the same', () => {
    const looked = inTenMinutes(untilVerify, (at) => ({
      ...recordVerification({ ...look(0, { leftFiles: 1 }), at }),
      at,
    }));
    expect(looked.length).toBeLessThan(90);
  });

  it('records a look that finds something else at once', () => {
    const before = [
      ...untilVerify,
      ...everySecond((at) => ({ ...recordVerification({ ...look(0, { leftFiles: 2 }), at }), at })),
    ];
    const at = laterBy(600);
    const less = { ...recordVerification({ ...look(0, { leftFiles: 1 }), at }), at };
    expect(history(...before, less).slice(history(...before).length)).toMatchObject([{ type: 'VerificationFailed' }]);
  });

  it('does not record clean looks without end while a runner stays away', () => {
    const away = [...untilTerminate, recordFencing(), recordFacts(), recordCleanup()];
    expect(inTenMinutes(away, (at) => ({ ...recordVerification({ ...look(0), at }), at }))).toHaveLength(2);
  });
});
