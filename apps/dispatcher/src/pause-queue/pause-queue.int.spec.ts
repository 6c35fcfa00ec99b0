import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@necrocode/testing';
import { ending, meta, runnerDescription, submission, task } from '../spec/fixtures.js';
import { gate } from '../spec/gate.js';
import { DispatcherStage, type Replica } from '../spec/open-dispatcher.js';
import { portOf } from '../spec/port-of.js';

let stage: DispatcherStage;
let replica: Replica;
beforeEach(async () => {
  stage = await DispatcherStage.set();
  replica = await stage.open();
  await replica.register(runnerDescription(5));
});
afterEach(() => stage.strike());

const pause = (by = replica) => by.dispatcher.pauseQueue.handle('PauseQueue', 'gpu', meta());
const resume = (by = replica) => by.dispatcher.pauseQueue.handle('ResumeQueue', 'gpu', meta());
const someoneWaits = () =>
  eventually(async () => {
    const waiting = await replica.database.query<unknown[]>(
      `select from pg_locks join pg_database on pg_database.oid = database
       where datname = current_database() and locktype = 'advisory' and not granted`,
    );
    expect(waiting).toHaveLength(1);
  });
const typesOfQueue = async () => (await replica.store.readStream('queue-gpu')).map(({ type }) => type);

describe('a paused queue', () => {
  it('begins no job, on no replica, while those of others begin', async () => {
    const [held, other] = [submission([task('a')], { queue: 'gpu' }), submission([task('a')])];
    expect(await pause()).toMatchObject({ queue: 'gpu', paused: { requestedBy: meta().actor } });
    await replica.submit(held, other);
    const second = await stage.open();
    const orders = [...(await replica.assignBatch()), ...(await second.assignBatch())];
    expect(orders.map(({ job }) => job.jobId)).toEqual([other.jobId]);
  });

  it('lets jobs go on that have begun', async () => {
    const job = submission([task('a'), task('b', { dependsOn: ['a'] })], { queue: 'gpu' });
    await replica.submit(job);
    const [first] = await replica.assignBatch();
    await pause();
    if (!first) throw new Error('not assigned');
    const execution = { ...first.assignment, jobId: job.jobId, taskId: first.task.spec.taskId };
    await replica.reportStarted(execution);
    await replica.reportEnded(execution, ending('exited'));
    expect((await replica.assignBatch()).map((order) => order.task.spec.key)).toEqual(['b']);
  });

  it('begins them when it is resumed; to ask again for either changes nothing', async () => {
    const job = submission([task('a')], { queue: 'gpu' });
    await replica.submit(job);
    await pause();
    const again = await pause();
    expect(await replica.assignBatch()).toEqual([]);
    expect(await resume()).toEqual({ queue: 'gpu', paused: null });
    expect(await resume()).toEqual({ queue: 'gpu', paused: null });
    expect(again.paused).not.toBeNull();
    expect(await typesOfQueue()).toEqual(['QueuePaused', 'QueueResumed']);
    expect(await replica.assignBatch()).toHaveLength(1);
  });
});

describe('a pause and an assignment under way', () => {
  /** A replica that has appended and waits before it commits. */
  const heldAfterAppending = (appended: ReturnType<typeof gate>) =>
    stage.open((store) => ({
      ...portOf(store),
      appendWithin: async (transaction, streams) => {
        const result = await store.appendWithin(transaction, streams);
        await appended.pass();
        return result;
      },
    }));

  it('the assignment first: the pause is answered when the job has begun', async () => {
    const appended = gate();
    const assigning = await heldAfterAppending(appended);
    const job = submission([task('a')], { queue: 'gpu' });
    await replica.submit(job);
    const assigned = assigning.assignBatch();
    await appended.reached;
    let answered = false;
    const pausing = pause().then(() => (answered = true));
    await someoneWaits();
    expect(answered).toBe(false);
    appended.open();
    expect(await assigned).toHaveLength(1);
    await pausing;
    expect(await replica.typesOf(job.jobId)).toContain('TaskAssigned');
  });

  it('the pause first: the assignment sees it', async () => {
    const appended = gate();
    const pausing = await heldAfterAppending(appended);
    const job = submission([task('a')], { queue: 'gpu' });
    await replica.submit(job);
    const paused = pause(pausing);
    await appended.reached;
    const assigned = replica.assignBatch();
    await someoneWaits();
    appended.open();
    await paused;
    expect(await assigned).toEqual([]);
  });
});
