import { describe, expect, it } from '@jest/globals';
import {
  blockedFacts,
  done,
  heldSlot,
  history,
  ofTask,
  opened,
  recordBlocked,
  recordTermination,
  request,
  sideBySide,
  stateOf,
  target,
  taskFacts,
  untilBlock,
  untilTerminate,
} from '../testing/cancellations.js';
import { specOf } from '../testing/given.js';
import { now, otherCancellationId, runnerId } from '../testing/jobs.js';
import type { CancellationEvent } from './cancellation-event.js';
import { cancellationDecider } from './decider.js';

const given = specOf(cancellationDecider);

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
