import { describe, expect, it } from '@jest/globals';
import {
  blockedFacts,
  history,
  join,
  ofTask,
  proof,
  recordBlocked,
  recordTermination,
  request,
  stateOf,
} from '../testing/cancellations.js';
import { execution } from '../testing/executions.js';
import { specOf } from '../testing/given.js';
import { at, cancellationId, executionId, jobId, taskId } from '../testing/jobs.js';
import type { CancellationCommand } from './cancellation-command.js';
import { cancellationDecider } from './decider.js';
import { effectsOf } from './effects.js';

const WINDOW_S = 30;
const asked: CancellationCommand = { ...request(), undoWindowMs: WINDOW_S * 1_000 };
const given = specOf(cancellationDecider);
const train = executionId('train1');
const input = (second: number) => ({ at: at(second), proof });
const held = (second = 1): CancellationCommand => ({
  type: 'RecordTasksHeld',
  facts: blockedFacts(),
  taskIds: [taskId('train'), taskId('evaluate')],
  ...input(second),
});
const frozen = (second = 2): CancellationCommand => ({
  type: 'RecordExecutionsFrozen',
  executionIds: [train],
  ...input(second),
});
const close = (second: number): CancellationCommand => ({ type: 'CloseUndoWindow', ...input(second) });
const undo = (second: number): CancellationCommand => ({
  type: 'UndoCancellation',
  requestedBy: 'bob',
  ...input(second),
});
const released: CancellationCommand = { type: 'RecordTasksReleased', ...input(11) };
const thawed: CancellationCommand = { type: 'RecordExecutionsThawed', executionIds: [train], ...input(11) };
const after = (...commands: CancellationCommand[]) => given(...history(...commands));
const asks = (...commands: CancellationCommand[]) => effectsOf(stateOf(...commands)).map(({ type }) => type);

describe('a cancellation with an undo window', () => {
  it('blocks nothing: it asks for its tasks to be parked, then for what runs to stand still, again and again', () => {
    expect(asks(asked)).toStrictEqual(['park-tasks']);
    expect(asks(asked, held())).toStrictEqual(['freeze-executions']);
    expect(asks(asked, held(), frozen())).toStrictEqual(['freeze-executions']);
    expect(stateOf(asked, held(), frozen())).toMatchObject({
      status: 'requested',
      steps: { 'block-dispatch': { status: 'waiting' } },
      hold: { until: at(WINDOW_S), phase: 'holding', frozen: [train] },
    });
  });

  it('of a task parks what a block would block', () => {
    const { kind: _, ...scope } = ofTask;
    expect(effectsOf(stateOf({ ...request(ofTask), undoWindowMs: 1_000 }))).toStrictEqual([
      { type: 'park-tasks', step: 'block-dispatch', cancellationId, ...scope },
    ]);
  });

  it('freezes the executions of its own tasks alone', () =>
    after(asked)
      .when({ ...held(), taskIds: [taskId('evaluate')] } as CancellationCommand)
      .then({ type: 'TasksHeld', taskIds: [taskId('evaluate')], executions: [], at: at(1) }));

  it('hears of the same once', () => {
    after(asked, held()).when(held(3)).thenNothing();
    after(asked, held(), frozen()).when(frozen(3)).thenNothing();
  });
});

describe('the end of the window', () => {
  it('does not come before its time', () =>
    after(asked, held())
      .when(close(WINDOW_S - 1))
      .thenNothing());

  it('begins the steps', () => {
    after(asked, held(), frozen())
      .when(close(WINDOW_S))
      .then(
        { type: 'UndoWindowClosed', because: 'over', at: at(WINDOW_S) },
        { type: 'StepStarted', step: 'block-dispatch', at: at(WINDOW_S) },
      );
    expect(asks(asked, held(), frozen(), close(WINDOW_S))).toStrictEqual(['block-dispatch']);
  });

  it('comes once, and also when nothing could be held', () => {
    after(asked, close(WINDOW_S)).when(close(40)).thenNothing();
    expect(asks(asked, close(WINDOW_S))).toStrictEqual(['block-dispatch']);
  });

  it('is brought forward by a request for force, and by no other', () => {
    expect(asks(asked, held(), join({ gracePeriodMs: 5 }))).toStrictEqual(['freeze-executions']);
    expect(asks(asked, held(), join({ force: true }))).toStrictEqual(['block-dispatch']);
    expect(stateOf(asked, held(), join({ force: true }))).toMatchObject({ options: { force: true } });
  });

  it('is brought forward by a limit of the job: an undo must not lift it', () => {
    const limit = { ...join(), reason: { code: 'deadline', text: '' } } as CancellationCommand;
    expect(asks(asked, held(), limit)).toStrictEqual(['block-dispatch']);
  });

  it('leads on like any other cancellation', () =>
    expect(stateOf(asked, held(), frozen(), close(WINDOW_S), recordBlocked(), recordTermination())).toMatchObject({
      status: 'in-progress',
      steps: { clean: { status: 'open' } },
    }));
});

describe('an undo', () => {
  const undoing = [asked, held(), frozen(), undo(10)];

  it('lets everything go that is held', () => {
    after(asked, held(), frozen())
      .when(undo(10))
      .then({ type: 'UndoRequested', requestedBy: 'bob', at: at(10) });
    expect(effectsOf(stateOf(...undoing))).toStrictEqual([
      { type: 'unpark-tasks', step: 'block-dispatch', cancellationId, jobId },
      { type: 'thaw-executions', step: 'block-dispatch', cancellationId, executions: [execution('train')] },
    ]);
  });

  it('is done when tasks and executions go on, in either order', () => {
    after(...undoing, released)
      .when(thawed)
      .then(
        { type: 'ExecutionsThawed', executionIds: [train], at: at(11) },
        { type: 'CancellationUndone', at: at(11) },
      );
    expect(stateOf(...undoing, thawed, released)).toMatchObject({
      status: 'undone',
      certificate: null,
      endedAt: at(11),
    });
    expect(asks(...undoing, thawed, released)).toStrictEqual([]);
  });

  it('that comes before anything was held still makes sure of the tasks', () => {
    expect(asks(asked, undo(1))).toStrictEqual(['unpark-tasks']);
    expect(stateOf(asked, undo(1), released)).toMatchObject({ status: 'undone' });
  });

  it('wins against the end of the window when it is first, and loses when it is second', () => {
    after(...undoing)
      .when(close(WINDOW_S))
      .thenNothing();
    after(asked, held(), close(WINDOW_S)).when(undo(WINDOW_S)).thenRejected('undo-window-over');
  });

  it('is too late when the time is over, though nobody has closed the window yet', () =>
    after(asked, held()).when(undo(WINDOW_S)).thenRejected('undo-window-over'));

  it('asked for again is the same undo', () => {
    after(...undoing)
      .when(undo(12))
      .thenNothing();
    after(...undoing, thawed, released)
      .when(undo(99))
      .thenNothing();
  });

  it('is not offered without a window', () =>
    given(...history(request()))
      .when(undo(1))
      .thenRejected('undo-not-offered'));

  it('is joined by nobody: a new request is told to come again', () => {
    after(...undoing)
      .when(join({ force: true }))
      .thenRejected('cancellation-being-undone');
    after(...undoing, thawed, released)
      .when(join())
      .thenRejected('cancellation-being-undone');
  });
});
