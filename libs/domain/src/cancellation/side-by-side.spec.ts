import { describe, it } from '@jest/globals';
import type { SlotId } from '../ids.js';
import {
  blockedFacts,
  done,
  heldSlot,
  history,
  ofTask,
  opened,
  recordBlocked,
  recordCleanup,
  recordFacts,
  recordTermination,
  report,
  request,
  settledFacts,
  target,
  taskFacts,
  untilBlock,
  untilSideBySide,
  untilTerminate,
  untilVerify,
} from '../testing/cancellations.js';
import { execution } from '../testing/executions.js';
import { specOf } from '../testing/given.js';
import { now } from '../testing/jobs.js';
import type { CancellationEvent } from './cancellation-event.js';
import { cancellationDecider } from './decider.js';

const given = specOf(cancellationDecider);

describe('what the owner of the job says', () => {
  const settled = done('settle-states', { tasks: 2, job: 'cancelled' });
  const released = done('release', { slots: 1 });
  const stillHeld = settledFacts({ heldSlots: [heldSlot('train', 'soiled')] });

  it('settles the states and releases the slots', () =>
    given(...history(...untilSideBySide))
      .when(recordFacts())
      .then(settled, released));

  it('settles the states while a slot is still being cleaned', () =>
    given(...history(...untilSideBySide))
      .when(recordFacts(stillHeld))
      .then(settled));

  it('releases the slots while a task is still being cancelled', () =>
    given(...history(...untilSideBySide))
      .when(recordFacts(settledFacts({ tasks: blockedFacts().tasks })))
      .then(released));

  it('does not settle the states of a job that has not ended', () =>
    given(...history(...untilSideBySide))
      .when(recordFacts(settledFacts({ status: 'cancelling' })))
      .then(released));

  it('settles the states of a task in a job that goes on', () =>
    given(...history(request(ofTask), recordBlocked(), recordTermination()))
      .when(recordFacts(settledFacts({ status: 'running' })))
      .then(done('settle-states', { tasks: 2, job: 'running' }), released));

  it('is not kept from settling by tasks and slots that are not targets', () => {
    const facts = settledFacts({
      tasks: [...settledFacts().tasks, taskFacts('beside', 'running')],
      heldSlots: [heldSlot('beside')],
    });
    given(...history(request(ofTask), recordBlocked(), recordTermination()))
      .when(recordFacts(facts))
      .then(settled, released);
  });

  it('counts a slot that was free again before the plan', () => {
    const slot = { pool: 'repos', slotId: 'run_1/repos/train' as SlotId, kind: 'repository' } as const;
    const executions = [target('train', { execution: execution('train', { slot }) })];
    given(...history(...untilBlock, recordBlocked(blockedFacts({ executions, heldSlots: [] })), recordTermination()))
      .when(recordFacts())
      .then(settled, released);
  });

  it('does nothing when it says the same again', () =>
    given(...history(...untilSideBySide, recordFacts()))
      .when(recordFacts())
      .thenNothing());

  it.each([
    ['the plan', untilBlock],
    ['the end of the executions', untilTerminate],
  ])('does nothing before %s: it is asked again then', (_, commands) =>
    given(...history(...commands))
      .when(recordFacts())
      .thenNothing(),
  );
});

describe('the cleanup', () => {
  const recordedReport: CancellationEvent = { type: 'CleanupRecorded', report, at: now };
  const cleaned = done('clean', { artifacts: 0, filesRemoved: 4, bytesFreed: 2_048 });

  it('is recorded with its report', () =>
    given(...history(...untilSideBySide))
      .when(recordCleanup())
      .then(recordedReport, cleaned));

  it('opens the verification when it is the last of the three', () =>
    given(...history(...untilSideBySide, recordFacts()))
      .when(recordCleanup())
      .then(recordedReport, cleaned, opened('verify')));

  it('may come first: then the last of the others opens the verification', () =>
    given(...history(...untilSideBySide, recordCleanup()))
      .when(recordFacts())
      .then(done('settle-states', { tasks: 2, job: 'cancelled' }), done('release', { slots: 1 }), opened('verify')));

  it('has failed when it left files', () =>
    given(...history(...untilSideBySide))
      .when(recordCleanup({ ...report, leftFiles: 3 }))
      .then(
        {
          type: 'StepFailed',
          step: 'clean',
          attempt: 1,
          error: { code: 'cleanup-failed', message: '3 files left' },
          at: now,
        },
        { type: 'StepRetried', step: 'clean', attempt: 2, at: now },
      ));

  it('does nothing before the executions have ended: it is asked again then', () =>
    given(...history(...untilTerminate))
      .when(recordCleanup())
      .thenNothing());

  it('does nothing when it is repeated, however it went', () => {
    given(...history(...untilVerify))
      .when(recordCleanup())
      .thenNothing();
    given(...history(...untilVerify))
      .when(recordCleanup({ ...report, leftFiles: 3 }))
      .thenNothing();
  });
});
