import { describe, expect, it } from '@jest/globals';
import {
  asTasksSay,
  blockedFacts,
  heldSlot,
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
  request,
  settledFacts,
  stateOf,
  target,
  times,
  untilBlock,
  untilCompleted,
  untilSideBySide,
  untilTerminate,
  untilVerify,
} from '../testing/cancellations.js';
import { execution } from '../testing/executions.js';
import { cancellationId, jobId, runnerId, taskId } from '../testing/jobs.js';
import type { CancellationCommand } from './cancellation-command.js';
import type { CancellationOptions } from './cancellation.js';
import { cancellationDecider } from './decider.js';
import { type CancellationEffect, effectsOf } from './effects.js';

const after = (...commands: CancellationCommand[]): readonly CancellationEffect[] => effectsOf(stateOf(...commands));

const stop = {
  cancellationId,
  signal: 'SIGTERM',
  signalTo: 'tree',
  gracePeriodMs: 10_000,
  force: false,
} as const;
const stopTrain: CancellationEffect = {
  type: 'stop-executions',
  step: 'terminate',
  stops: [{ execution: execution('train'), stop }],
};
const describeJob = (step: 'settle-states' | 'release'): CancellationEffect => ({ type: 'describe-job', step, jobId });
const clean: CancellationEffect = { type: 'clean', step: 'clean', cancellationId, jobId, taskIds: null, foundAt: null };
const taskIds = [taskId('evaluate'), taskId('train')];
const verify: CancellationEffect = {
  type: 'verify',
  step: 'verify',
  jobId,
  runnerId,
  executions: [execution('train')],
  earlier: [],
  taskIds,
  wholeJob: true,
};

describe('what a cancellation asks for', () => {
  it('is nothing before it was requested', () => expect(effectsOf(cancellationDecider.initial)).toStrictEqual([]));

  it('is to block the whole job first', () =>
    expect(after(...untilBlock)).toStrictEqual([
      { type: 'block-dispatch', step: 'block-dispatch', cancellationId, jobId, taskId: null, cascade: 'dependents' },
    ]));

  it('is to block one task with the cascade that was asked for', () =>
    expect(after(request({ ...ofTask, kind: 'task', taskId: taskId('train'), cascade: 'none' }))).toStrictEqual([
      {
        type: 'block-dispatch',
        step: 'block-dispatch',
        cancellationId,
        jobId,
        taskId: taskId('train'),
        cascade: 'none',
      },
    ]));

  it('is to stop what runs', () => expect(after(...untilTerminate)).toStrictEqual([stopTrain]));

  it('is to stop only those whose end was not heard', () => {
    const facts = blockedFacts({ executions: [target('train'), target('evaluate')] });
    expect(after(...untilBlock, recordTermination('evaluate'), recordBlocked(facts))).toStrictEqual([stopTrain]);
  });

  it('is how the job stands; its workspace is in use until it is over', () =>
    expect(after(...untilSideBySide)).toStrictEqual([describeJob('settle-states')]));

  it('is how the job stands and the cleanup of its tasks, side by side, in a job that goes on', () =>
    expect(after(request(ofTask), recordBlocked(), recordTermination())).toStrictEqual([
      describeJob('settle-states'),
      { ...clean, taskIds },
    ]));

  it('is how the job stands as long as a slot is not proven clean', () =>
    expect(
      after(...untilSideBySide, recordFacts(settledFacts({ heldSlots: [heldSlot('train', 'soiled')] }))),
    ).toStrictEqual([describeJob('release'), clean]));

  it('is only the cleanup when the rest is settled', () =>
    expect(after(...untilSideBySide, recordFacts())).toStrictEqual([clean]));

  it('is the cleanup of its tasks only in a job that goes on', () =>
    expect(after(request(ofTask), recordBlocked(), recordTermination(), recordFacts())).toStrictEqual([
      { ...clean, taskIds },
    ]));

  it('is a second look from outside at last', () => expect(after(...untilVerify)).toStrictEqual([verify]));

  it('is no look at the rest of a job that goes on', () =>
    expect(after(request(ofTask), recordBlocked(), recordTermination(), recordFacts(), recordCleanup())).toStrictEqual([
      { ...verify, wholeJob: false },
    ]));

  it('is nothing once it is completed', () => expect(after(...untilCompleted)).toStrictEqual([]));
});

describe('what is asked for again', () => {
  it('is what came too early to count', () => {
    const early = [recordFacts(), recordCleanup(), recordVerification(look(1), look(2))];
    expect(
      after(...untilBlock, ...early, recordBlocked(), ...early, recordTermination(), ...early.slice(2)),
    ).toStrictEqual([describeJob('settle-states')]);
  });

  it('is a step that failed, also when its outcome was announced', () =>
    expect(after(...untilTerminate, ...times(9, recordFailure('terminate')))).toStrictEqual([stopTrain]));

  it('is the end of a fenced execution, beside all that goes on', () =>
    expect(after(...untilTerminate, recordFencing())).toStrictEqual([stopTrain, describeJob('settle-states')]));

  it('is no longer the end of a fenced execution that was proven', () =>
    expect(after(...untilTerminate, recordFencing(), recordTermination())).toStrictEqual([
      describeJob('settle-states'),
    ]));

  it('is the death of what a second look found, by force: its grace is over', () =>
    expect(after(...untilVerify, recordVerification(look(51, { survivors: 1 })))).toStrictEqual([
      { ...stopTrain, stops: [{ execution: execution('train'), stop: { ...stop, force: true } }] },
      verify,
    ]));

  it('is the death of what had ended by itself too: whoever said so may have been wrong', () => {
    const blocked = recordBlocked(blockedFacts({ earlier: [target('evaluate')] }));
    const planned = [...untilBlock, blocked, ...untilVerify.slice(untilBlock.length + 1)];
    const looked = { ...verify, earlier: [execution('evaluate')] };
    expect(after(...planned)).toStrictEqual([looked]);
    expect(after(...planned, recordVerification(look(51, { survivors: 1 })))).toStrictEqual([
      {
        ...stopTrain,
        stops: ['train', 'evaluate'].map((key) => ({ execution: execution(key), stop: { ...stop, force: true } })),
      },
      looked,
    ]);
  });

  it('is the cleaning when a look found files, once nobody is left who could write there', () => {
    const survivor = recordVerification(look(51, { survivors: 1, leftFiles: 1 }));
    expect(after(...untilVerify, survivor).map(({ type }) => type)).toEqual(['stop-executions', 'verify']);
    const files = look(52, { leftFiles: 1 });
    const { at: foundAt } = files;
    expect(after(...untilVerify, survivor, recordVerification(files))).toStrictEqual([
      { type: 'clean', step: 'verify', cancellationId, jobId, taskIds: null, foundAt },
      verify,
    ]);
  });
  it('is only the look when it found something else', () =>
    expect(after(...untilVerify, recordVerification(look(51, { heldSlots: 1 })))).toStrictEqual([verify]));
});

describe('how an execution is stopped', () => {
  const stopAfter = (options: Partial<CancellationOptions>, ...commands: CancellationCommand[]): unknown => {
    const effects = after(request(ofJob, { ...asTasksSay, ...options }), ...commands, recordBlocked());
    return effects.flatMap((effect) => (effect.type === 'stop-executions' ? effect.stops.map((it) => it.stop) : []))[0];
  };

  it('is as its task says', () => expect(stopAfter({})).toStrictEqual(stop));
  it('is with the request’s signal', () =>
    expect(stopAfter({ signal: 'SIGINT' })).toStrictEqual({ ...stop, signal: 'SIGINT' }));
  it('is within the request’s grace, also when it is longer', () =>
    expect(stopAfter({ gracePeriodMs: 60_000 })).toStrictEqual({ ...stop, gracePeriodMs: 60_000 }));
  it('is by force when it was asked for', () =>
    expect(stopAfter({ force: true })).toStrictEqual({ ...stop, force: true }));
  it('is by force when a request that joined asked for it', () =>
    expect(stopAfter({}, join({ force: true }))).toStrictEqual({ ...stop, force: true }));
  it('is within the shorter grace of a request that joined', () =>
    expect(stopAfter({}, join({ gracePeriodMs: 500 }))).toStrictEqual({ ...stop, gracePeriodMs: 500 }));
  it('is within the task’s own grace when a request that joined asked for a longer one', () =>
    expect(stopAfter({}, join({ gracePeriodMs: 60_000 }))).toStrictEqual(stop));
});
