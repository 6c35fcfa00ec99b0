import { describe, expect, it } from '@jest/globals';
import { history, recordFailure, stateOf, untilBlock, untilTerminate, untilVerify } from '../testing/cancellations.js';
import { specOf } from '../testing/given.js';
import { now } from '../testing/jobs.js';
import { cancellationDecider } from './decider.js';

const given = specOf(cancellationDecider);

describe('a step that fails', () => {
  it.each(['block-dispatch', 'terminate', 'verify'] as const)('is recorded and driven again: %s', (step) => {
    const until = { 'block-dispatch': untilBlock, terminate: untilTerminate, verify: untilVerify }[step];
    given(...history(...until))
      .when(recordFailure(step))
      .then(
        {
          type: 'StepFailed',
          step,
          attempt: 1,
          error: { code: 'service-unavailable', message: 'no answer' },
          at: now,
        },
        { type: 'StepRetried', step, attempt: 2, at: now },
      );
  });

  it('counts its attempts', () =>
    expect(stateOf(...untilBlock, recordFailure('block-dispatch'), recordFailure('block-dispatch'))).toMatchObject({
      steps: { 'block-dispatch': { status: 'open', attempts: 2, lastError: { code: 'service-unavailable' } } },
    }));

  it('does nothing when it is not open', () => {
    given(...history(...untilBlock))
      .when(recordFailure('terminate'))
      .thenNothing();
    given(...history(...untilTerminate))
      .when(recordFailure('block-dispatch'))
      .thenNothing();
  });
});
