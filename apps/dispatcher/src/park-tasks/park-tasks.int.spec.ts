import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@necrocode/service-kit';
import { ending, runnerDescription, submission, task } from '../spec/fixtures.js';
import { DispatcherStage, type Replica } from '../spec/open-dispatcher.js';

let stage: DispatcherStage;
let replica: Replica;

beforeEach(async () => {
  stage = await DispatcherStage.set();
  replica = await stage.open();
});
afterEach(() => stage.strike());

const meta = () => ({ id: randomUUID(), actor: 'service:cancellation-service' });
const assigned = async () => (await replica.assignBatch()).map((order) => order.task.spec.key);

describe('parking tasks', () => {
  it('keeps them from being assigned, also what becomes ready meanwhile, until they are unparked', async () => {
    const [a, b, c] = [task('a'), task('b', { dependsOn: ['a'] }), task('c')];
    const job = submission([a, b, c]);
    await replica.register(runnerDescription(1));
    await replica.submit(job);
    const [order] = await replica.assignBatch();
    if (!order) throw new Error('not assigned');
    const { jobId } = job;
    const cancellationId = newId('can');
    const parked = await replica.dispatcher.parkTasks.park(
      { cancellationId, jobId, taskId: null, cascade: 'dependents' },
      meta(),
    );
    expect(parked.taskIds).toEqual([a, b, c].map(({ taskId }) => taskId));
    expect(parked.facts.executions).toHaveLength(1);
    await replica.reportEnded({ ...order.assignment, jobId, taskId: order.task.spec.taskId }, ending('exited'));
    expect(await replica.rows('ready_task')).toEqual([]);
    expect(await assigned()).toEqual([]);
    await replica.dispatcher.parkTasks.unpark({ jobId, cancellationId }, meta());
    expect(await assigned()).toHaveLength(1);
    await replica.dispatcher.parkTasks.unpark({ jobId, cancellationId }, meta());
  });

  it('answers a repetition the same, and a late one after the unparking parks nothing', async () => {
    const job = submission([task('a')]);
    await replica.register(runnerDescription(1));
    await replica.submit(job);
    const { jobId } = job;
    const cancellationId = newId('can');
    const order = { cancellationId, jobId, taskId: null, cascade: 'dependents' as const };
    const first = await replica.dispatcher.parkTasks.park(order, meta());
    expect(await replica.dispatcher.parkTasks.park(order, meta())).toEqual(first);
    await replica.dispatcher.parkTasks.unpark({ jobId, cancellationId }, meta());
    await replica.dispatcher.parkTasks.park(order, meta());
    expect(await assigned()).toEqual(['a']);
  });

  it('and assigning at the same moment leave one story: what was assigned is in the answer, the rest stays', async () => {
    const other = await stage.open();
    await replica.register(runnerDescription(8));
    const jobs = Array.from({ length: 8 }, () => submission([task('a'), task('b')]));
    await replica.submit(...jobs);
    const parks = await Promise.all([
      ...jobs.map(({ jobId }) =>
        other.dispatcher.parkTasks.park(
          { cancellationId: newId('can'), jobId, taskId: null, cascade: 'dependents' },
          meta(),
        ),
      ),
      replica.assignBatch().then(
        () => null,
        () => null,
      ),
    ]);
    const live = new Set(
      parks.flatMap((park) => park?.facts.executions ?? []).map(({ execution }) => execution.taskId),
    );
    expect(new Set((await replica.rows('assignment')).map((row) => row['task_id']))).toEqual(live);
    await replica.register(runnerDescription(8));
    expect(await assigned()).toEqual([]);
  });

  it('ends with the block of the same cancellation', async () => {
    const job = submission([task('a'), task('b')]);
    await replica.submit(job);
    const cancellationId = newId('can');
    const order = { cancellationId, jobId: job.jobId, taskId: null, cascade: 'dependents' as const };
    await replica.dispatcher.parkTasks.park(order, meta());
    const { facts } = await replica.block(job, cancellationId);
    expect(facts.status).toBe('cancelled');
    expect(await replica.rows('ready_task')).toEqual([]);
  });
});
