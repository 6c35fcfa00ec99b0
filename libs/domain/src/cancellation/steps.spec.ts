import { describe, expect, it } from '@jest/globals';
import type { SlotId } from '../ids.js';
import {
  asTasksSay,
  blockedFacts,
  heldSlot,
  history,
  join,
  look,
  ofJob,
  ofTask,
  recordBlocked,
  recordCleanup,
  recordFacts,
  recordFailure,
  recordFencing,
  recordTermination,
  recordVerification,
  report,
  request,
  settledFacts,
  stateOf,
  target,
  taskFacts,
  untilBlock,
  untilCompleted,
  untilSideBySide,
  untilTerminate,
  untilVerify,
} from '../testing/cancellations.js';
import { ending, evidence, execution, unproven } from '../testing/executions.js';
import { specOf, stateAfter } from '../testing/given.js';
import { at, cancellationId, executionId, now, otherCancellationId, runnerId } from '../testing/jobs.js';
import type { CancellationEvent, CancellationOptions, StepName } from './cancellation.js';
import { cancellationDecider } from './decider.js';

const given = specOf(cancellationDecider);

const opened = (step: StepName, time = now): CancellationEvent => ({ type: 'StepStarted', step, at: time });
const done = (step: StepName, proven: Readonly<Record<string, string | number>>, time = now): CancellationEvent => ({
  type: 'StepCompleted',
  step,
  evidence: proven,
  at: time,
});
const recorded = (key = 'train', how = ending('stopped', { cancellationId })): CancellationEvent => ({
  type: 'TerminationRecorded',
  execution: execution(key),
  ending: how,
  at: now,
});
const sideBySide = [opened('settle-states'), opened('release'), opened('clean')];

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

describe('once dispatch is blocked', () => {
  const plan = (tasks: number, executions: number, slots: number): CancellationEvent =>
    done('plan', { tasks, executions, slots });

  it('the plan is drawn up, what had not started is dequeued and termination begins', () =>
    given(...history(...untilBlock))
      .when(recordBlocked())
      .then(
        done('block-dispatch', { tasks: 2 }),
        opened('plan'),
        {
          type: 'CancellationPlanned',
          plan: {
            tasks: [
              { ...taskFacts('evaluate', 'cancelled', { neverStarted: true }), action: 'dequeued' },
              { ...taskFacts('train', 'cancelling'), action: 'stop' },
            ],
            executions: [target('train')],
            slots: [heldSlot('train')],
            runnerId,
          },
          at: now,
        },
        plan(2, 1, 1),
        opened('dequeue'),
        done('dequeue', { tasks: 1 }),
        opened('terminate'),
      ));

  it('a job of which nothing ran has nothing to terminate', () => {
    const facts = blockedFacts({
      status: 'cancelled',
      tasks: [taskFacts('train', 'cancelled', { neverStarted: true })],
      executions: [],
      heldSlots: [],
      runnerId: null,
    });
    given(...history(...untilBlock))
      .when(recordBlocked(facts))
      .then(
        done('block-dispatch', { tasks: 1 }),
        opened('plan'),
        {
          type: 'CancellationPlanned',
          plan: {
            tasks: [{ ...taskFacts('train', 'cancelled', { neverStarted: true }), action: 'dequeued' }],
            executions: [],
            slots: [],
            runnerId: null,
          },
          at: now,
        },
        plan(1, 0, 0),
        opened('dequeue'),
        done('dequeue', { tasks: 1 }),
        opened('terminate'),
        done('terminate', { executions: 0, forced: 0, unconfirmed: 0 }),
        ...sideBySide,
      );
  });

  it('an execution whose end was heard before is not waited for', () =>
    expect(history(...untilBlock, recordTermination(), recordBlocked()).slice(-4)).toStrictEqual([
      done('terminate', { executions: 1, forced: 0, unconfirmed: 0 }),
      ...sideBySide,
    ]));

  it('nothing happens when the answer is repeated', () =>
    given(...history(...untilTerminate))
      .when(recordBlocked())
      .thenNothing());

  const planned = (...tasks: ReturnType<typeof taskFacts>[]): unknown => {
    const state = stateOf(...untilBlock, recordBlocked(blockedFacts({ tasks })));
    return state.status === 'unknown' ? null : state.plan?.tasks.map(({ key, action }) => `${key}: ${action}`);
  };

  it.each([
    ['being cancelled, by whomever', taskFacts('train', 'cancelling', { cancellationId: otherCancellationId }), 'stop'],
    ['cancelled by this one after it ran', taskFacts('train', 'cancelled'), 'stop'],
    ['cancelled by this one in its back-off', taskFacts('retried', 'cancelled'), 'dequeued'],
    ['cancelled by another one', taskFacts('train', 'cancelled', { cancellationId: otherCancellationId }), 'none'],
    ['completed', taskFacts('train', 'completed'), 'none'],
    ['failed', taskFacts('train', 'failed'), 'none'],
    ['skipped', taskFacts('train', 'skipped'), 'none'],
  ])('the plan says what is done with a task that is %s', (_case, facts, action) =>
    expect(planned(facts)).toStrictEqual([`${facts.key}: ${action}`]),
  );

  it('the plan leaves out tasks, executions and slots that are not targets', () => {
    const facts = blockedFacts({
      tasks: [taskFacts('train', 'cancelling'), taskFacts('beside', 'running')],
      executions: [target('train'), target('beside')],
      heldSlots: [heldSlot('train'), heldSlot('beside')],
    });
    const state = stateOf(request(ofTask), recordBlocked(facts, [taskFacts('train', 'cancelling').taskId]));
    expect(state).toMatchObject({
      plan: { tasks: [{ key: 'train' }], executions: [{ taskKey: 'train' }], slots: [heldSlot('train')] },
    });
  });
});

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
