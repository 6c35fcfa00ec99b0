import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { streamIdOf } from '@necrocode/contracts';
import type { ArtifactRecord, CleanupReport, JobId } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { ending, meta, runnerDescription, submission, task } from '../spec/fixtures.js';
import { DispatcherStage, type Replica } from '../spec/open-dispatcher.js';
import { startRequestOf } from '../start-execution/start-order.js';

let stage: DispatcherStage;
let replica: Replica;

beforeEach(async () => {
  stage = await DispatcherStage.set();
  replica = await stage.open();
});

afterEach(() => stage.strike());

/** What artifact-cleaner would append at the end of a job. */
async function cleaned(jobId: JobId, artifacts: readonly ArtifactRecord[]): Promise<void> {
  const at = new Date().toISOString();
  const report: CleanupReport = { artifacts, filesRemoved: 0, bytesFreed: 0, leftFiles: 0 };
  const order = { kind: 'job', jobId, runnerId: null, artifacts: [] };
  const metadata = { actor: 'service:artifact-cleaner', correlationId: jobId };
  const events = [
    { id: randomUUID(), type: 'CleanupRequested', schemaVersion: 1, data: { order, at }, metadata },
    {
      id: randomUUID(),
      type: 'CleanupCompleted',
      schemaVersion: 1,
      data: { jobId, kind: 'job', report, at },
      metadata,
    },
  ];
  await replica.store.append([{ streamId: streamIdOf('cleanup', jobId), expectedVersion: 0, events }]);
}

/** `fetch` has completed on the first of two runners, `train` has failed. */
async function failedJob() {
  const here = await replica.register(runnerDescription(1));
  const [fetch, train] = [task('fetch', { artifacts: ['data'] }), task('train', { dependsOn: ['fetch'] })];
  const job = submission([fetch, train]);
  await replica.submit(job);
  for (const code of [0, 1]) {
    const [order] = await replica.assignBatch();
    if (!order) throw new Error('nothing was assigned');
    const execution = { ...order.assignment, jobId: job.jobId, taskId: order.task.spec.taskId };
    await replica.reportEnded(execution, ending('exited', { exit: { code, signal: null } }));
  }
  // With more room than the first: where a new job would go.
  await replica.register(runnerDescription(8));
  const kept = { policy: 'keep', location: 'kept/data', digest: 'sha256:1', bytes: 1 } as const;
  return { jobId: job.jobId, here, records: [{ taskId: fetch.taskId, path: 'data', ...kept }] };
}

const retry = (jobId: JobId, retriedBy = newId('job')) =>
  replica.dispatcher.retryJob.handle({ jobId, retriedBy }, meta());

describe('retrying a job', () => {
  it('begins with what is left, on the runner that has the artifacts, and says what to put back', async () => {
    const { jobId, here, records } = await failedJob();
    await expect(retry(jobId)).rejects.toThrow('job-not-cleaned');
    await cleaned(jobId, records);
    const { jobId: retriedBy } = await retry(jobId);
    expect(await replica.typesOf(retriedBy)).toEqual(['JobSubmitted', 'TaskQueued']);
    expect((await replica.eventsOf(jobId)).at(-1)).toMatchObject({ type: 'JobRetried', retriedBy });
    const [order] = await replica.assignBatch();
    if (!order) throw new Error('nothing was assigned');
    expect([order.task.spec.key, order.assignment.runnerId]).toEqual(['train', here.runnerId]);
    expect(startRequestOf(order).restore).toEqual([{ path: 'data', location: 'kept/data', digest: 'sha256:1' }]);
    const { tasks } = await replica.dispatcher.describeJob.handle(retriedBy);
    expect(tasks.map(({ key, status }) => [key, status])).toEqual([
      ['fetch', 'completed'],
      ['train', 'pending'],
    ]);
  });

  it('of two at the same time makes one; the same one again changes nothing', async () => {
    const { jobId, records } = await failedJob();
    await cleaned(jobId, records);
    const [one, other] = [newId('job'), newId('job')];
    const both = await Promise.allSettled([retry(jobId, one), retry(jobId, other)]);
    const made = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(made).toMatchObject([{ repeated: false }]);
    const retriedBy = made[0]?.jobId;
    expect(await retry(jobId, retriedBy)).toEqual({ jobId: retriedBy, repeated: true });
    await expect(retry(jobId)).rejects.toThrow('job-already-retried');
    await expect(retry(newId('job'), retriedBy)).rejects.toThrow('idempotency-conflict');
  });

  it('refuses a job that is not there or not over', async () => {
    const job = submission([task('a')]);
    await replica.submit(job);
    await expect(retry(job.jobId)).rejects.toThrow('job-not-over');
    await expect(retry(newId('job'))).rejects.toThrow('job-not-found');
  });

  it('leaves no place taken when the new job is cancelled before it begins', async () => {
    const { jobId, records } = await failedJob();
    await cleaned(jobId, records);
    const next = await retry(jobId);
    await replica.block(next, newId('can'));
    expect((await replica.typesOf(next.jobId)).at(-1)).toBe('JobCancelled');
    expect(await replica.rows('placement')).toEqual([]);
  });
});
