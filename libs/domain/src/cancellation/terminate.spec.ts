import { describe, expect, it } from '@jest/globals';
import {
  blockedFacts,
  done,
  history,
  look,
  recordBlocked,
  recordCleanup,
  recorded,
  recordFacts,
  recordFencing,
  recordTermination,
  recordVerification,
  sideBySide,
  target,
  taskFacts,
  untilBlock,
  untilSideBySide,
  untilTerminate,
} from '../testing/cancellations.js';
import { ending, evidence, unproven } from '../testing/executions.js';
import { specOf } from '../testing/given.js';
import { cancellationId, executionId, now } from '../testing/jobs.js';
import { cancellationDecider } from './decider.js';

const given = specOf(cancellationDecider);

describe('the end of an execution', () => {
  const two = blockedFacts({
    tasks: [taskFacts('train', 'cancelling'), taskFacts('stubborn', 'cancelling')],
    executions: [target('train'), target('stubborn')],
  });
  const forced = ending('stopped', { cancellationId, evidence: evidence({ forced: true }) });

  it('completes the termination when it is the last, and opens what runs side by side', () =>
    given(...history(...untilTerminate))
      .when(recordTermination())
      .then(recorded(), done('terminate', { executions: 1, forced: 0, unconfirmed: 0 }), ...sideBySide));

  it('leaves the termination open while others live', () =>
    given(...history(...untilBlock, recordBlocked(two)))
      .when(recordTermination())
      .then(recorded()));

  it('counts who was killed by force', () =>
    given(...history(...untilBlock, recordBlocked(two), recordTermination()))
      .when(recordTermination('stubborn', forced))
      .then(
        recorded('stubborn', forced),
        done('terminate', { executions: 2, forced: 1, unconfirmed: 0 }),
        ...sideBySide,
      ));

  it('does nothing when it is repeated', () =>
    given(...history(...untilBlock, recordBlocked(two), recordTermination()))
      .when(recordTermination())
      .thenNothing());

  it('is kept when it comes before the plan', () =>
    given(...history(...untilBlock))
      .when(recordTermination())
      .then(recorded()));

  it('does nothing when the execution is not in the plan', () =>
    given(...history(...untilTerminate))
      .when(recordTermination('beside'))
      .thenNothing());

  it('does not count one that came before the plan and is not in it', () =>
    expect(
      history(...untilBlock, recordTermination('beside', forced), recordBlocked(), recordTermination()),
    ).toContainEqual(done('terminate', { executions: 1, forced: 0, unconfirmed: 0 })));

  it('is replaced by one that proves what the first could not', () => {
    const open = ending('stopped', { cancellationId, evidence: unproven });
    given(...history(...untilTerminate, recordTermination('train', open)))
      .when(recordTermination())
      .then(recorded());
    given(...history(...untilTerminate, recordTermination('train', open)))
      .when(recordTermination('train', open))
      .thenNothing();
  });
});

describe('fencing', () => {
  it('ends the waiting for an execution, unconfirmed', () =>
    expect(history(...untilTerminate, recordFencing()).slice(-6, -1)).toStrictEqual([
      { type: 'TerminationUnconfirmed', executionId: executionId('train1'), at: now },
      done('terminate', { executions: 1, forced: 0, unconfirmed: 1 }),
      ...sideBySide,
    ]));

  it('is nothing new when it is repeated', () =>
    given(...history(...untilTerminate, recordFencing()))
      .when(recordFencing())
      .thenNothing());

  it('is nothing new once the end is known', () =>
    given(...history(...untilSideBySide))
      .when(recordFencing())
      .thenNothing());

  it('is nothing of ours when the execution is not in the plan', () =>
    given(...history(...untilTerminate))
      .when(recordFencing('beside'))
      .thenNothing());

  it('is kept when it comes before the plan', () =>
    given(...history(...untilBlock))
      .when(recordFencing())
      .then({ type: 'TerminationUnconfirmed', executionId: executionId('train1'), at: now }));

  it('of an execution that turns out not to be in the plan keeps nothing open', () =>
    expect(
      history(
        ...untilBlock,
        recordFencing('beside'),
        recordBlocked(),
        recordTermination(),
        recordFacts(),
        recordCleanup(),
        recordVerification(look(51), look(52)),
      ).at(-1),
    ).toMatchObject({ type: 'CancellationCompleted' }));
});
