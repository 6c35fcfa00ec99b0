import { describe, expect, it } from '@jest/globals';
import { asTasksSay, blockedFacts, target, taskFacts } from '../testing/cancellations.js';
import { cancellationId, otherCancellationId, taskId } from '../testing/jobs.js';
import { drawUpPlan } from './plan.js';
import { planChanges, planItems } from './plan-items.js';

const all = ['train', 'evaluate'].map(taskId);
const items = (facts = blockedFacts(), options = asTasksSay, joins: typeof cancellationId | null = null) =>
  planItems(drawUpPlan(facts, all, cancellationId), options, { cancellationId, joins });

describe('the items of a plan', () => {
  it('say what becomes of every task, execution, slot and of the artifacts', () =>
    expect(items()).toStrictEqual([
      { subject: 'artifacts', fate: 'as each task says' },
      { subject: 'task evaluate', fate: 'dequeued' },
      { subject: 'task train', fate: 'stop' },
      { subject: 'execution exe_train1', fate: 'SIGTERM to tree, SIGKILL after 10000 ms' },
      { subject: 'slot run_1/repos/train', fate: 'released' },
    ]));

  it('say that there is nothing to do for a task that has ended', () => {
    const facts = blockedFacts({ tasks: [taskFacts('train', 'completed')], executions: [], heldSlots: [] });
    expect(items(facts)).toContainEqual({ subject: 'task train', fate: 'none (completed)' });
  });

  it('say what becomes of dependents that are left alone', () => {
    const spared = [{ taskId: taskId('publish'), key: 'publish', fate: 'skipped' as const }];
    const plan = drawUpPlan(blockedFacts(), [taskId('train')], cancellationId, spared);
    expect(planItems(plan, asTasksSay, { cancellationId, joins: null })).toContainEqual({
      subject: 'task publish',
      fate: 'left alone: skipped',
    });
  });

  it('say which cancellation the request would join', () =>
    expect(items(blockedFacts(), asTasksSay, otherCancellationId)).toContainEqual({
      subject: 'cancellation',
      fate: `joins ${otherCancellationId}`,
    }));
});

describe('a plan drawn up again', () => {
  it('has not changed when the same would happen', () => expect(planChanges(items(), items())).toStrictEqual([]));

  it('names a task that has been started since', () => {
    const started = blockedFacts({
      tasks: [taskFacts('train', 'cancelling'), taskFacts('evaluate', 'cancelling')],
      executions: [target('train'), target('evaluate')],
    });
    expect(planChanges(items(), items(started))).toStrictEqual([
      { subject: 'task evaluate', before: 'dequeued', now: 'stop' },
      { subject: 'execution exe_evaluate1', before: null, now: 'SIGTERM to tree, SIGKILL after 10000 ms' },
    ]);
  });

  it('names what is gone', () =>
    expect(planChanges(items(), items(blockedFacts({ heldSlots: [] })))).toStrictEqual([
      { subject: 'slot run_1/repos/train', before: 'released', now: null },
    ]));

  it('names another way of stopping', () =>
    expect(planChanges(items(), items(blockedFacts(), { ...asTasksSay, force: true }))).toStrictEqual([
      { subject: 'execution exe_train1', before: 'SIGTERM to tree, SIGKILL after 10000 ms', now: 'SIGKILL at once' },
    ]));
});
