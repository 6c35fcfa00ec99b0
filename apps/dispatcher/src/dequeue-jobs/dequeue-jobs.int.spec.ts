import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type CancellationId, criteriaOf, type JobId, jobDecider, type JobState } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { ending, meta, runnerDescription, submission, task } from '../spec/fixtures.js';
import { portOf } from '../spec/port-of.js';
import { DispatcherStage, type Replica } from '../spec/open-dispatcher.js';
import type { Submission } from '../submit-job/submit-job.js';

let stage: DispatcherStage;
let replica: Replica;
beforeEach(async () => {
  stage = await DispatcherStage.set();
  replica = await stage.open();
});
afterEach(() => stage.strike());

const many = (count: number, spec: Partial<Submission['spec']> = {}) =>
  Array.from({ length: count }, () => submission([task('a'), task('b', { dependsOn: ['a'] })], spec));
const ids = (jobs: readonly Submission[]) => jobs.map(({ jobId }) => jobId);
const batch = (jobs: readonly Submission[]) => ({ batchId: newId('batch'), jobs });
const dequeue = (cancellationId: CancellationId, jobIds: readonly JobId[], by = replica) =>
  by.dispatcher.dequeueJobs.handle({ cancellationId, jobIds }, meta());
const stateOf = async (jobId: JobId) =>
  (await replica.eventsOf(jobId)).reduce<JobState>(jobDecider.evolve, jobDecider.initial);

describe('dequeuing many jobs', () => {
  it('ends each in its own stream, in one append, and leaves nothing to assign', async () => {
    await replica.register(runnerDescription(5));
    const timeouts = { queueMs: 3_600_000, runMs: null };
    const jobs = many(20, { timeouts });
    await replica.dispatcher.submitBatch.handle(batch(jobs), meta());
    const cancellationId = newId('can');
    expect(await dequeue(cancellationId, ids(jobs))).toEqual({ started: [], ended: [] });
    for (const { jobId } of jobs) {
      expect(await replica.typesOf(jobId)).toEqual(['JobSubmitted', 'TaskQueued', 'JobCancelled']);
      expect(await stateOf(jobId)).toMatchObject({ status: 'cancelled', cancellations: [{ cancellationId }] });
    }
    for (const table of ['open_job', 'ready_task', 'limit_drive']) expect(await replica.rows(table)).toEqual([]);
    expect(await replica.assignBatch()).toEqual([]);
  });

  it('done again says the same and appends nothing', async () => {
    const jobs = many(3);
    await replica.submit(...jobs);
    const cancellationId = newId('can');
    await dequeue(cancellationId, ids(jobs));
    expect(await dequeue(cancellationId, ids(jobs))).toEqual({ started: [], ended: [] });
    for (const { jobId } of jobs) expect(await replica.typesOf(jobId)).toHaveLength(3);
  });

  it('leaves jobs that have begun to others, and says how the ones had ended that were not there any more', async () => {
    const runner = await replica.register(runnerDescription(2));
    const [running, done, waiting] = [submission([task('a')]), submission([task('a')]), submission([task('a')])];
    await replica.submit(running, done, waiting);
    const orders = await replica.assignBatch();
    const order = orders.find(({ job }) => job.jobId === done.jobId);
    if (!order) throw new Error('not assigned');
    const execution = { ...order.assignment, jobId: done.jobId, taskId: order.task.spec.taskId };
    await replica.reportEnded(execution, ending('exited'));
    expect(await dequeue(newId('can'), ids([running, done, waiting]))).toEqual({
      started: [running.jobId],
      ended: [{ jobId: done.jobId, how: 'already-completed', cancellationId: null }],
    });
    expect(orders[0]?.assignment.runnerId).toBe(runner.runnerId);
    expect(await stateOf(waiting.jobId)).toMatchObject({ status: 'cancelled' });
  });
});

describe('a bulk against an assignment', () => {
  it('that comes between its look and its append loses that job alone', async () => {
    await replica.register(runnerDescription(1));
    const jobs = many(5);
    await replica.submit(...jobs);
    let assigned: JobId | undefined;
    const racing = await stage.open((store) => ({
      ...portOf(store),
      append: async (...args) => {
        assigned ??= (await replica.assignBatch())[0]?.job.jobId;
        return store.append(...args);
      },
    }));
    const answer = await dequeue(newId('can'), ids(jobs), racing);
    expect(assigned).toBeDefined();
    expect(answer).toEqual({ started: [assigned], ended: [] });
    for (const { jobId } of jobs) {
      expect(await stateOf(jobId)).toMatchObject({ status: jobId === assigned ? 'running' : 'cancelled' });
    }
  });

  it('that has claimed its tasks and not yet appended wins: the assignment finds nothing to assign', async () => {
    await replica.register(runnerDescription(2));
    const jobs = many(2);
    await replica.submit(...jobs);
    let first = true;
    const racing = await stage.open((store) => ({
      ...portOf(store),
      appendWithin: async (...args) => {
        if (first) await dequeue(newId('can'), ids(jobs));
        first = false;
        return store.appendWithin(...args);
      },
    }));
    await expect(racing.assignBatch()).rejects.toThrow();
    expect(await racing.assignBatch()).toEqual([]);
    expect(await replica.rows('ready_task')).toEqual([]);
    for (const { jobId } of jobs) expect(await stateOf(jobId)).toMatchObject({ status: 'cancelled' });
  });

  it('and another bulk: each job has one winner, and the other is told who', async () => {
    const jobs = many(30);
    await replica.submit(...jobs);
    const [one, other] = [newId('can'), newId('can')];
    const second = await stage.open();
    const [a, b] = await Promise.all([dequeue(one, ids(jobs)), dequeue(other, ids(jobs), second)]);
    expect(a.ended.length + b.ended.length).toBe(30);
    for (const { how, cancellationId } of a.ended)
      expect({ how, cancellationId }).toEqual({ how: 'already-cancelled', cancellationId: other });
    for (const { how, cancellationId } of b.ended)
      expect({ how, cancellationId }).toEqual({ how: 'already-cancelled', cancellationId: one });
  });
});

describe('a batch', () => {
  it('is one append; the same again is the same batch, another one under its ids a conflict', async () => {
    const jobs = many(3);
    const [command, submitted] = [meta(), batch(jobs)];
    const { submitBatch } = replica.dispatcher;
    expect(await submitBatch.handle(submitted, command)).toMatchObject({ repeated: false });
    expect(await submitBatch.handle(submitted, command)).toMatchObject({ repeated: true });
    const [head, ...rest] = jobs;
    if (!head) throw new Error('no job');
    const changed = { ...submitted, jobs: [{ ...head, spec: { ...head.spec, priority: 1 } }, ...rest] };
    const larger = { ...submitted, jobs: [...jobs, ...many(1)] };
    await expect(submitBatch.handle(changed, command)).rejects.toThrow('idempotency-conflict');
    await expect(submitBatch.handle(larger, command)).rejects.toThrow('idempotency-conflict');
    expect(await replica.rows('open_job')).toHaveLength(3);
  });
});

describe('selecting jobs', () => {
  const select = (target: Parameters<typeof criteriaOf>[0], more = {}) => {
    const criteria = criteriaOf(target);
    if (!criteria) throw new Error('nothing fits');
    return replica.dispatcher.selectJobs.handle({ criteria, snapshotAt: null, after: null, limit: 100, ...more });
  };

  it('finds by batch, queue, owner, labels, state and age', async () => {
    await replica.register(runnerDescription(1));
    const batchId = newId('batch');
    const [running] = many(1, { queue: 'gpu', priority: 99 });
    const [inBatch, labelled, owned] = [
      many(1, { batchId }),
      many(1, { labels: { team: 'vision', env: 'prod' } }),
      many(1, { owner: 'grace', queue: 'gpu' }),
    ];
    if (!running) throw new Error('no job');
    await replica.submit(running, ...inBatch, ...labelled, ...owned);
    await replica.assignBatch();
    expect((await select({ kind: 'batch', batchId })).waiting).toEqual(ids(inBatch));
    expect(await select({ kind: 'queue', queue: 'gpu', mode: 'all' })).toMatchObject({
      waiting: ids(owned),
      started: [running.jobId],
    });
    expect(await select({ kind: 'queue', queue: 'gpu', mode: 'all-except-running' })).toMatchObject({ started: [] });
    const bySelector = async (
      selector: Extract<Parameters<typeof criteriaOf>[0], { kind: 'selector' }>['selector'],
    ) => {
      const { waiting, started } = await select({ kind: 'selector', selector });
      return [...waiting, ...started];
    };
    expect(await bySelector({ labels: { team: 'vision' } })).toEqual(ids(labelled));
    expect(await bySelector({ labels: { team: 'vision', env: 'dev' } })).toEqual([]);
    expect(await bySelector({ owner: 'grace' })).toEqual(ids(owned));
    expect(await bySelector({ states: ['running'] })).toEqual([running.jobId]);
    expect(await bySelector({ owner: 'ada', olderThanMs: 3_600_000 })).toEqual([]);
  });

  it('goes page by page, and never beyond its snapshot', async () => {
    const jobs = many(5);
    await replica.submit(...jobs);
    const target = { kind: 'queue', queue: 'default', mode: 'all' } as const;
    const first = await select(target, { limit: 3 });
    await new Promise((resolve) => setImmediate(resolve));
    const [late] = many(1);
    if (!late) throw new Error('no job');
    const at = new Date(Date.parse(first.snapshotAt) - 1).toISOString();
    await replica.submit(late);
    const second = await select(target, { limit: 3, after: first.after, snapshotAt: first.snapshotAt });
    expect(new Set([...first.waiting, ...second.waiting]).size).toBeGreaterThanOrEqual(5);
    expect(second.after).toBeNull();
    expect(await select(target, { limit: 6 })).toMatchObject({ waiting: { length: 6 }, after: null });
    expect((await select(target, { snapshotAt: at })).waiting).not.toContain(late.jobId);
  });
});
