import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WrongExpectedVersion } from '@necrocode/event-store';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { runnerDescription, submission, task } from '../spec/fixtures.js';
import { gate } from '../spec/gate.js';
import { portOf } from '../spec/port-of.js';
import { DispatcherStage, type Replica } from '../spec/open-dispatcher.js';

let stage: DispatcherStage;

beforeEach(async () => {
  stage = await DispatcherStage.set();
});

afterEach(() => stage.strike());

/** Assigns until nothing is left that can be, losing races as the loop does. */
async function assignAll(replica: Replica) {
  const orders = [];
  for (;;) {
    try {
      const batch = await replica.assignBatch();
      if (batch.length === 0) return orders;
      orders.push(...batch);
    } catch (error) {
      if (!(error instanceof WrongExpectedVersion) && !(error as Error).message.includes('another writer')) throw error;
    }
  }
}

describe('assigning', () => {
  it('assigns a ready task to a runner with a free place', async () => {
    const replica = await stage.open();
    const { runnerId } = await replica.register(runnerDescription(1));
    const job = submission([task('a')]);
    await replica.submit(job);
    const [order] = await replica.assignBatch();
    expect(order?.assignment).toMatchObject({ runnerId, attempt: 1, slot: null });
    expect(await replica.typesOf(job.jobId)).toEqual(['JobSubmitted', 'TaskQueued', 'TaskAssigned']);
    expect(await replica.rows('ready_task')).toEqual([]);
  });

  it('assigns nothing where no runner is known', async () => {
    const replica = await stage.open();
    await replica.submit(submission([task('a')]));
    expect(await replica.assignBatch()).toEqual([]);
    expect(await replica.rows('ready_task')).toHaveLength(1);
  });

  it('goes by priority, then by the age of the job', async () => {
    const replica = await stage.open();
    await replica.register(runnerDescription(4));
    const jobs = [
      submission([task('low')], { priority: 10 }),
      submission([task('old')], { priority: 50 }),
      submission([task('young')], { priority: 50 }),
      submission([task('high')], { priority: 90 }),
    ];
    for (const job of jobs) await replica.submit(job);
    const orders = await replica.assignBatch();
    expect(orders.map((order) => order.task.spec.key)).toEqual(['high', 'old', 'young', 'low']);
  });

  it('keeps a job to the runner of its first assignment, and lets others pass while that is full', async () => {
    const replica = await stage.open();
    const small = await replica.register(runnerDescription(1));
    const bound = submission([task('first'), task('second')], { priority: 90 });
    await replica.submit(bound);
    await replica.assignBatch();
    const large = await replica.register(runnerDescription(5));
    const other = submission([task('other')], { priority: 1 });
    await replica.submit(other);
    const orders = await assignAll(replica);
    expect(orders.map(({ job, assignment }) => [job.jobId, assignment.runnerId])).toEqual([
      [other.jobId, large.runnerId],
    ]);
    expect(small.runnerId).not.toBe(large.runnerId);
  });

  it('takes functions where all of the job are, and lets others pass while that is nowhere', async () => {
    const replica = await stage.open();
    await replica.register(runnerDescription(1));
    const call = (name: string) => task(name, { command: [], handler: { name, input: null } });
    const waiting = Array.from({ length: 60 }, () => submission([call('print')], { priority: 90 }));
    for (const job of waiting) await replica.submit(job);
    const both = submission([call('resize'), call('upload')], { priority: 50 });
    const plain = submission([task('plain')], { priority: 1 });
    await replica.submit(both);
    await replica.submit(plain);
    expect((await assignAll(replica)).map(({ job }) => job.jobId)).toEqual([plain.jobId]);
    await replica.register({ ...runnerDescription(9), handlers: ['resize'] });
    expect(await assignAll(replica)).toEqual([]);
    const able = await replica.register({ ...runnerDescription(9), handlers: ['resize', 'upload'] });
    expect((await assignAll(replica)).map(({ assignment }) => assignment.runnerId)).toEqual([
      able.runnerId,
      able.runnerId,
    ]);
  });

  it('takes a job where slots of every pool it will need are, and lets others pass while that is nowhere', async () => {
    const replica = await stage.open();
    const bare = await replica.register(runnerDescription(9));
    const job = submission([task('first'), task('second', { dependsOn: ['first'], slotPool: 'gpu' })]);
    await replica.submit(job);
    const plain = submission([task('plain')], { priority: 1 });
    await replica.submit(plain);
    expect((await assignAll(replica)).map(({ assignment }) => assignment.runnerId)).toEqual([bare.runnerId]);
    const able = await replica.register(runnerDescription(1, { gpu: 1 }));
    expect(await assignAll(replica)).toMatchObject([
      { job: { jobId: job.jobId }, assignment: { runnerId: able.runnerId, slot: null } },
    ]);
  });

  it('leaves the task claimable when the append fails half-way', async () => {
    let failing = true;
    const replica = await stage.open((store) => ({
      ...portOf(store),
      appendWithin: async (transaction, streams) => {
        const appended = await store.appendWithin(transaction, streams);
        if (failing) throw new Error('the process dies here');
        return appended;
      },
    }));
    await replica.register(runnerDescription(1));
    const job = submission([task('a')]);
    await replica.submit(job);
    await expect(replica.assignBatch()).rejects.toThrow('the process dies here');
    expect(await replica.typesOf(job.jobId)).toEqual(['JobSubmitted', 'TaskQueued']);
    failing = false;
    expect(await replica.assignBatch()).toHaveLength(1);
  });
});

describe('two replicas', () => {
  it('never assign one task twice, and never more than a runner has places for', async () => {
    const [one, two] = [await stage.open(), await stage.open()];
    const runners = [await one.register(runnerDescription(7)), await one.register(runnerDescription(5))];
    const jobs = Array.from({ length: 40 }, () => submission([task('a'), task('b')]));
    await Promise.all(jobs.map((job, index) => (index % 2 === 0 ? one : two).submit(job)));
    const orders = (await Promise.all([assignAll(one), assignAll(two), assignAll(one), assignAll(two)])).flat();
    const assigned = orders.map((order) => order.task.spec.taskId);
    expect(new Set(assigned).size).toBe(assigned.length);
    for (const { runnerId, capacity } of runners)
      expect(orders.filter(({ assignment }) => assignment.runnerId === runnerId)).toHaveLength(capacity);
    const events = (await Promise.all(jobs.map(({ jobId }) => one.eventsOf(jobId)))).flat();
    expect(events.filter(({ type }) => type === 'TaskAssigned')).toHaveLength(12);
    const tokens = orders.map(({ assignment }) => assignment.fencingToken);
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  it('lease one slot to one holder, whoever else asks at the same time', async () => {
    const [one, two] = [await stage.open(), await stage.open()];
    await one.register(runnerDescription(10, { repos: 2 }));
    await one.register(runnerDescription(10, { repos: 1 }));
    const jobs = Array.from({ length: 12 }, () => submission([task('a', { slotPool: 'repos' })]));
    await Promise.all(jobs.map((job) => one.submit(job)));
    const orders = (await Promise.all([assignAll(one), assignAll(two), assignAll(one), assignAll(two)])).flat();
    const leased = orders.map(({ assignment }) => assignment.slot?.slotId);
    expect(leased).toHaveLength(3);
    expect(new Set(leased).size).toBe(3);
    expect(await one.rows('slot')).toEqual(
      orders.map(() => expect.objectContaining({ status: 'leased', execution_id: expect.stringMatching(/^exe_/) })),
    );
  });
});

describe('a change of the pool between claim and append', () => {
  it('makes the lease decide again on what the pool is now', async () => {
    const claimed = gate();
    const replica = await stage.open((store) => ({
      ...portOf(store),
      readStreams: async (streamIds) => {
        const streams = await store.readStreams(streamIds);
        await claimed.pass();
        return streams;
      },
    }));
    const [first] = (await replica.register(runnerDescription(1, { repos: 1 }))).slots;
    const job = submission([task('a', { slotPool: 'repos' })]);
    await replica.submit(job);
    const assigning = replica.assignBatch();
    await claimed.reached;
    const other = await stage.open();
    await other.register(runnerDescription(9, { repos: 1 }));
    claimed.open();
    await expect(assigning).rejects.toBeInstanceOf(WrongExpectedVersion);
    expect(await replica.typesOf(job.jobId)).toEqual(['JobSubmitted', 'TaskQueued']);
    const [order] = await replica.assignBatch();
    expect(order?.assignment.slot?.slotId).not.toBe(first?.slotId);
    expect((await replica.rows('slot')).map(({ status }) => status).sort()).toEqual(['free', 'leased']);
  });
});

describe('a cancel between claim and append', () => {
  it('wins: the assignment loses the version, and then drops the row it had claimed', async () => {
    const claimed = gate();
    const replica = await stage.open((store) => ({
      ...portOf(store),
      readStreams: async (streamIds) => {
        const streams = await store.readStreams(streamIds);
        await claimed.pass();
        return streams;
      },
    }));
    await replica.register(runnerDescription(1));
    const job = submission([task('a')]);
    await replica.submit(job);
    const assigning = replica.assignBatch();
    await claimed.reached;
    const { facts } = await replica.block(job, newId('can'));
    expect(facts).toMatchObject({
      status: 'cancelled',
      executions: [],
      tasks: [{ status: 'cancelled', neverStarted: true }],
    });
    expect(await replica.rows('ready_task')).toHaveLength(1);
    claimed.open();
    await expect(assigning).rejects.toBeInstanceOf(WrongExpectedVersion);
    expect(await replica.assignBatch()).toEqual([]);
    expect(await replica.rows('ready_task')).toEqual([]);
    expect(await replica.typesOf(job.jobId)).not.toContain('TaskAssigned');
  });

  it('loses when the append was first: the cancel decides again and names the execution', async () => {
    const appended = gate();
    const replica = await stage.open((store) => ({
      ...portOf(store),
      appendWithin: async (transaction, streams) => {
        const result = await store.appendWithin(transaction, streams);
        await appended.pass();
        return result;
      },
    }));
    await replica.register(runnerDescription(1));
    const job = submission([task('a')]);
    await replica.submit(job);
    const assigning = replica.assignBatch();
    await appended.reached;
    const cancellationId = newId('can');
    const blocking = replica.block(job, cancellationId);
    await waitsForLock(replica);
    appended.open();
    const [order] = await assigning;
    const { facts, taskIds } = await blocking;
    expect(taskIds).toEqual(job.tasks.map(({ taskId }) => taskId));
    expect(facts.executions.map(({ execution }) => execution)).toEqual([
      expect.objectContaining({ executionId: order?.assignment.executionId, jobId: job.jobId }),
    ]);
    expect(await replica.typesOf(job.jobId)).toEqual([
      'JobSubmitted',
      'TaskQueued',
      'TaskAssigned',
      'DispatchBlocked',
      'TaskCancellationStarted',
    ]);
  });
});

/** Bounds a hang, not slowness. */
const WITHIN = { withinMs: 30_000 };

/** Somebody waits for a transaction of somebody else: the append of the cancel for that of the assignment. */
async function waitsForLock(replica: Replica): Promise<void> {
  await eventually(async () => {
    const [row] = await replica.database.query<{ waiting: number }[]>(
      `select count(*)::int as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    expect(row?.waiting).toBeGreaterThan(0);
  }, WITHIN);
}
