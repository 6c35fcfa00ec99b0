import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { streamIdOf } from '@necrocode/contracts';
import type { ExecutionEnding, ExecutionIdentity } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { ending, runnerDescription, submission, task } from '../spec/fixtures.js';
import { DispatcherStage, type Replica } from '../spec/open-dispatcher.js';

let stage: DispatcherStage;
let replica: Replica;

beforeEach(async () => {
  stage = await DispatcherStage.set();
  replica = await stage.open();
  replica.dispatcher.start();
});
afterEach(() => stage.strike());

async function cancelled() {
  await replica.register(runnerDescription(1));
  const job = submission([task('a'), task('b', { dependsOn: ['a'] })]);
  await replica.submit(job);
  await eventually(() => expect(replica.runners.started).toHaveLength(1));
  const [execution] = replica.runners.started;
  if (!execution) throw new Error('not started');
  await replica.reportStarted(execution);
  const cancellationId = newId('can');
  await replica.block(job, cancellationId);
  return { job, execution, ended: ending('stopped', { cancellationId }) };
}

/** What the runner-monitor stores; its event is still on its way here. */
const store = (execution: ExecutionIdentity, ended: ExecutionEnding) => replica.storeEnded(execution, ended);

describe('settling a job', () => {
  it('takes in an end that is stored before its event has come, which then changes nothing', async () => {
    const { job, execution, ended } = await cancelled();
    const events = await store(execution, ended);
    expect(await replica.dispatcher.describeJob.handle(job.jobId)).toMatchObject({ status: 'cancelling' });
    expect(await replica.dispatcher.settleJob.handle(job.jobId)).toMatchObject({ status: 'cancelled' });
    const before = await replica.typesOf(job.jobId);
    for (const event of events) await replica.dispatcher.react(event);
    expect(await replica.typesOf(job.jobId)).toEqual(before);
  });

  it('takes in many ends in one append, each caused by its own event', async () => {
    await replica.register(runnerDescription(3));
    const job = submission([task('a'), task('b'), task('c')]);
    await replica.submit(job);
    await eventually(() => expect(replica.runners.started).toHaveLength(3));
    for (const execution of replica.runners.started) await replica.reportStarted(execution);
    const cancellationId = newId('can');
    await replica.block(job, cancellationId);
    const ends = [];
    for (const execution of replica.runners.started)
      ends.push(...(await store(execution, ending('stopped', { cancellationId }))));
    expect(await replica.dispatcher.settleJob.handle(job.jobId)).toMatchObject({ status: 'cancelled' });
    const cancelled = (await replica.store.readStream(streamIdOf('job', job.jobId))).filter(
      ({ type }) => type === 'TaskCancelled',
    );
    expect(new Set(cancelled.map(({ recordedAt }) => recordedAt)).size).toBe(1);
    expect(new Set(cancelled.map(({ metadata }) => metadata.causationId))).toEqual(new Set(ends.map(({ id }) => id)));
  });

  it('and its event, side by side, record the end once', async () => {
    const { job, execution, ended } = await cancelled();
    const events = await store(execution, ended);
    await Promise.all([
      replica.dispatcher.settleJob.handle(job.jobId),
      ...events.map((event) => replica.dispatcher.react(event)),
    ]);
    expect((await replica.typesOf(job.jobId)).filter((type) => type === 'JobCancelled')).toHaveLength(1);
  });

  it('answers how it stands while nothing has ended, and when all is over', async () => {
    const { job, execution, ended } = await cancelled();
    expect(await replica.dispatcher.settleJob.handle(job.jobId)).toMatchObject({ status: 'cancelling' });
    await replica.reportEnded(execution, ended);
    expect(await replica.dispatcher.settleJob.handle(job.jobId)).toMatchObject({ status: 'cancelled' });
  });

  it('refuses a job nobody submitted', async () => {
    await expect(replica.dispatcher.settleJob.handle(newId('job'))).rejects.toThrow('job-not-found');
  });
});
