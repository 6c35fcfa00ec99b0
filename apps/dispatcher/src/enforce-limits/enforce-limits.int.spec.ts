import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { rebuildTables } from '../rebuild-tables/rebuild-tables.js';
import { ending, meta, runnerDescription, submission, task } from '../spec/fixtures.js';
import { DispatcherStage, type Replica } from '../spec/open-dispatcher.js';

let stage: DispatcherStage;
let replica: Replica;

beforeEach(async () => {
  stage = await DispatcherStage.set();
  replica = await stage.open();
});

afterEach(() => stage.strike());

const PAST = '2026-01-01T00:00:00.000Z';
const FUTURE = '2999-01-01T00:00:00.000Z';
const limitsDue = async () => (await replica.rows('limit_drive')).map(({ due_at }) => due_at);

describe('a job with a limit', () => {
  it('is noticed when its time has come, and cancelled with the limit as the reason', async () => {
    const { jobId } = await submitted({ deadline: { afterMs: 30 } });
    replica.dispatcher.start();
    await eventually(() => expect(replica.cancellations.requests).toHaveLength(1));
    expect(replica.cancellations.requests).toMatchObject([
      { target: { kind: 'job', jobId }, reason: { code: 'deadline' }, requestedBy: 'service:dispatcher' },
    ]);
    expect(await replica.typesOf(jobId)).toEqual(['JobSubmitted', 'TaskQueued', 'JobLimitReached']);
    await eventually(async () => expect(await limitsDue()).toEqual([]));
  });

  it('asks again for the very same cancellation when nobody answered, also from another replica', async () => {
    const { jobId } = await submitted({ deadline: { at: PAST } });
    replica.cancellations.isAway = true;
    await expect(replica.dispatcher.driveLimits(jobId)).rejects.toMatchObject({ code: 'service-unavailable' });
    expect(await limitsDue()).toHaveLength(1);
    const other = await stage.open();
    await other.dispatcher.driveLimits(jobId);
    const reached = (await replica.eventsOf(jobId)).filter(({ type }) => type === 'JobLimitReached');
    expect(reached).toHaveLength(1);
    expect(reached).toMatchObject(other.cancellations.requests.map(({ cancellationId }) => ({ cancellationId })));
    expect(await limitsDue()).toEqual([]);
  });

  it('is assigned nothing once it is late, noticed or not', async () => {
    const { jobId } = await submitted({ deadline: { at: PAST } });
    await replica.register(runnerDescription(1));
    expect(await replica.assignBatch()).toEqual([]);
    await replica.dispatcher.driveLimits(jobId);
    expect(await replica.assignBatch()).toEqual([]);
    expect(await replica.rows('ready_task')).toEqual([]);
  });

  it('is left alone before its time', async () => {
    const { jobId } = await submitted({ deadline: { at: FUTURE } });
    await replica.dispatcher.driveLimits(jobId);
    expect(replica.cancellations.requests).toEqual([]);
    expect(await limitsDue()).toEqual([new Date(FUTURE)]);
  });

  it('exchanges its queue timeout for its run timeout when it starts, and has none when it is over', async () => {
    const job = await submitted({ timeouts: { queueMs: 60_000, runMs: 600_000 } });
    const [submittedAt] = (await replica.eventsOf(job.jobId)).map(({ at }) => Date.parse(at));
    expect(await limitsDue()).toEqual([new Date(Number(submittedAt) + 60_000)]);
    await replica.register(runnerDescription(1));
    const [order] = await replica.assignBatch();
    if (!order) throw new Error('not assigned');
    await replica.reportStarted({ ...order.assignment, jobId: job.jobId, taskId: order.task.spec.taskId });
    const started = (await replica.eventsOf(job.jobId)).find(({ type }) => type === 'TaskStarted');
    expect(await limitsDue()).toEqual([new Date(Date.parse(String(started?.at)) + 600_000)]);
    await replica.store.number();
    await replica.database.query('truncate dispatcher.limit_drive');
    await rebuildTables(replica.store, replica.dispatcher.tables);
    expect(await limitsDue()).toEqual([new Date(Date.parse(String(started?.at)) + 600_000)]);
  });

  it('forgets its limits with its end', async () => {
    const job = await submitted({ timeouts: { queueMs: 60_000, runMs: null } });
    await replica.block(job, newId('can'));
    expect(await limitsDue()).toEqual([]);
  });

  it('forgets the limits of a job that a bulk has ended', async () => {
    const { jobId } = await submitted({ deadline: { at: FUTURE } });
    await replica.dispatcher.dequeueJobs.handle({ cancellationId: newId('can'), jobIds: [jobId] }, meta());
    await replica.dispatcher.driveLimits(jobId);
    expect(await limitsDue()).toEqual([]);
  });
});

describe('a finalizer', () => {
  it('is assigned where its job ran, after the block, and shown with the execution it ended in', async () => {
    const [work, tidy] = [task('work'), task('tidy', { always: 'if-begun', timeoutMs: 60_000 })];
    const job = submission([work, tidy]);
    await replica.register(runnerDescription(1));
    await replica.submit(job);
    const run = async () => {
      const [order] = await replica.assignBatch();
      if (!order) throw new Error('not assigned');
      return { ...order.assignment, jobId: job.jobId, taskId: order.task.spec.taskId };
    };
    const running = await run();
    await replica.reportStarted(running);
    const cancellationId = newId('can');
    expect((await replica.block(job, cancellationId)).taskIds).toEqual([work.taskId]);
    await replica.reportEnded(running, ending('stopped', { cancellationId }));
    const finalizing = await run();
    expect(finalizing).toMatchObject({ taskId: tidy.taskId, runnerId: running.runnerId });
    await replica.reportStarted(finalizing);
    await replica.reportEnded(finalizing, ending('exited'));
    const facts = await replica.dispatcher.describeJob.handle(job.jobId);
    expect(facts).toMatchObject({ status: 'cancelled', tasks: [{}, { status: 'completed', finalizer: {} }] });
    expect(facts.executions.map(({ execution }) => execution.executionId)).toEqual([
      running.executionId,
      finalizing.executionId,
    ]);
    expect(await limitsDue()).toEqual([]);
  });

  it('that no runner takes is given up by the timer, and the job ends', async () => {
    const tidy = task('tidy', { always: 'even-if-queued', timeoutMs: 40 });
    const job = submission([task('work'), tidy]);
    await replica.submit(job);
    await replica.block(job, newId('can'));
    expect(await limitsDue()).toHaveLength(1);
    replica.dispatcher.start();
    await eventually(async () => expect((await replica.typesOf(job.jobId)).at(-1)).toBe('JobCancelled'));
    expect(await replica.typesOf(job.jobId)).toContain('FinalizerGivenUp');
    expect(await replica.rows('ready_task')).toEqual([]);
    await eventually(async () => expect(await limitsDue()).toEqual([]));
  });
});

async function submitted(limits: Parameters<typeof submission>[1]) {
  const job = submission([task('a')], limits);
  await replica.submit(job);
  return job;
}
