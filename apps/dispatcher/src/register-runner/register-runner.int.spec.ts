import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunnerCommand, RunnerDescription } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { ending, runnerDescription, submission, task } from '../spec/fixtures.js';
import { DispatcherStage, type Replica } from '../spec/open-dispatcher.js';
import { runnerRowStatement } from './runner-row.js';

let stage: DispatcherStage;
let replica: Replica;

beforeEach(async () => {
  stage = await DispatcherStage.set();
  replica = await stage.open();
});

afterEach(() => stage.strike());

const at = '2026-01-01T00:00:00.000Z';

describe('a runner', () => {
  it.each<[string, (runner: RunnerDescription) => RunnerCommand]>([
    ['lost', ({ runnerId }) => ({ type: 'LoseRunner', runnerId, lastHeardAt: at, at })],
    ['draining', ({ runnerId }) => ({ type: 'DrainRunner', runnerId, requestedBy: 'user:ada', at })],
    [
      'quarantined',
      ({ runnerId }) => ({ type: 'QuarantineRunner', runnerId, executionId: newId('exe'), survivors: 1, at }),
    ],
  ])('that is %s gets no new job, and again one when it registers anew', async (status, command) => {
    const runner = await replica.register(runnerDescription(1));
    await replica.tellRunner(command(runner), runner.runnerId);
    expect(await replica.rows('runner')).toMatchObject([{ status }]);
    await replica.submit(submission([task('a')]));
    expect(await replica.assignBatch()).toEqual([]);
    await replica.register(runner, 'another session');
    expect(await replica.assignBatch()).toHaveLength(1);
  });

  it('that is drained gets the rest of the jobs it has', async () => {
    const { runnerId } = await replica.register(runnerDescription(1, { repos: 1 }));
    const job = submission([task('a', { slotPool: 'repos' }), task('b')]);
    await replica.submit(job);
    const [first] = await replica.assignBatch();
    await replica.tellRunner({ type: 'DrainRunner', runnerId, requestedBy: 'user:ada', at }, runnerId);
    await replica.submit(submission([task('new')], { priority: 99 }));
    if (!first) throw new Error('not assigned');
    const execution = { ...first.assignment, jobId: job.jobId, taskId: first.task.spec.taskId };
    await replica.reportEnded(execution, ending('exited'));
    expect((await replica.assignBatch()).map((order) => order.task.spec.key)).toEqual(['b']);
    expect(await replica.rows('ready_task')).toHaveLength(1);
  });

  it('that comes back with fewer slots is leased no slot it has not got', async () => {
    const before = await replica.register(runnerDescription(2, { repos: 2 }));
    await replica.register({ ...before, slots: before.slots.slice(0, 1) }, 'another session');
    await replica.submit(submission([task('a', { slotPool: 'repos' }), task('b', { slotPool: 'repos' })]));
    const orders = [...(await replica.assignBatch()), ...(await replica.assignBatch())];
    expect(orders.map(({ assignment }) => assignment.slot?.slotId)).toEqual([before.slots[0]?.slotId]);
  });

  it('is known as it is now, also when an older event about it comes late', async () => {
    const runner = await replica.register(runnerDescription(1, { repos: 1 }));
    const [registered] = await replica.store.readStream(`runner-${runner.runnerId}`);
    await replica.tellRunner({ type: 'LoseRunner', runnerId: runner.runnerId, lastHeardAt: at, at }, runner.runnerId);
    if (registered) await replica.dispatcher.react(registered);
    expect(await replica.rows('runner')).toMatchObject([{ status: 'lost', version: 2 }]);
    expect(await replica.rows('slot')).toHaveLength(1);
  });

  it('is not set back by a replica that read its stream earlier and writes later', async () => {
    const { runnerId, slots } = await replica.register(runnerDescription(1, { repos: 1 }));
    const slotIds = slots.map(({ slotId }) => slotId);
    for (const [capacity, version] of [
      [9, 3],
      [7, 2],
    ] as const) {
      const { text, values } = runnerRowStatement(
        { runnerId, status: 'ready', capacity, slotIds, handlers: [] },
        version,
      );
      await replica.database.query(text, [...values]);
    }
    expect(await replica.rows('runner')).toMatchObject([{ capacity: 9, version: 3 }]);
  });
});
