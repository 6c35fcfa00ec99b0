import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { rebuildTables } from '../rebuild-tables/rebuild-tables.js';
import { meta, runnerDescription, submission, task } from '../spec/fixtures.js';
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

async function submitted(limits: Parameters<typeof submission>[1]) {
  const job = submission([task('a')], limits);
  await replica.submit(job);
  return job;
}
