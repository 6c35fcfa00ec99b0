import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cancellationCommands, type TrainingQueue } from '@necrocode/contracts';
import type { CancellationId, JobId } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { CancelledJob } from '../spec/cancelled-job.js';
import { startTestGateway, type TestGateway } from '../spec/test-gateway.js';

let gateway: TestGateway;
const cancellations = new Map<JobId, () => Promise<CancellationId | null>>();

beforeAll(async () => {
  gateway = await startTestGateway();
  gateway.answer(cancellationCommands.requestCancellation, async ({ request }) => {
    const cancellationId = (await cancellations.get(request.target.jobId)?.()) ?? null;
    return { result: cancellationId === null ? 'already-completed' : 'accepted', cancellationId };
  });
}, 60_000);
afterAll(() => gateway.close());

/** A job whose cancellation, once asked for, is carried out. */
const jobToCancel = async (start: boolean): Promise<CancelledJob> => {
  const job = new CancelledJob(gateway);
  await job.registerRunner();
  await job.submit();
  if (start) await job.start();
  cancellations.set(job.jobId, async () => {
    await job.request();
    await job.block();
    await job.end();
    await job.clean();
    await job.certify();
    return job.cancellationId;
  });
  return job;
};
const cancel = async (jobId: string) => {
  const response = await gateway.call('POST', `/training/cancel/${jobId}`);
  return [response.status, await response.json()] as const;
};
const queue = async (): Promise<TrainingQueue> =>
  (await (await gateway.call('GET', '/training/queue')).json()) as TrainingQueue;

describe('POST /training/cancel/{job_id}', () => {
  it('cancels a running job, and says so when it is proven; asked again, that it had finished', async () => {
    const { jobId } = await jobToCancel(true);
    expect(await cancel(jobId)).toEqual([
      200,
      { success: true, job_id: jobId, previous_status: 'running', message: 'Job cancelled successfully' },
    ]);
    expect(await cancel(jobId)).toEqual([
      200,
      { success: true, job_id: jobId, previous_status: 'cancelled', message: 'Job already finished: cancelled' },
    ]);
  });

  it('leaves a finished job as it is', async () => {
    const job = await jobToCancel(true);
    await job.complete();
    expect(await cancel(job.jobId)).toMatchObject([
      200,
      { previous_status: 'completed', message: 'Job already finished: completed' },
    ]);
  });

  it('says what came of a job that finished while it was asked', async () => {
    const job = await jobToCancel(true);
    cancellations.set(job.jobId, async () => {
      await job.complete();
      return null;
    });
    expect(await cancel(job.jobId)).toMatchObject([
      200,
      { previous_status: 'running', message: 'Job already finished: completed' },
    ]);
  });

  it.each(['12', newId('job')])('of a job that is not there (%s) is 404 in its own words', async (jobId) => {
    expect(await cancel(jobId)).toMatchObject([404, { detail: 'No job has this id.' }]);
  });

  it('without a token is 401 in its own words', async () => {
    const response = await gateway.call('POST', '/training/cancel/x', { headers: { authorization: 'none' } });
    expect([response.status, await response.json()]).toMatchObject([401, { detail: expect.any(String) }]);
    expect(response.headers.get('content-type')).toBe('application/json');
  });
});

describe('GET /training/queue', () => {
  it('has what runs and what waits, and goes on when a job of it is cancelled', async () => {
    const [running, waiting] = [await jobToCancel(true), await jobToCancel(false)];
    const ids = (jobs: TrainingQueue['queued']) => jobs.map(({ job_id }) => job_id);
    await eventually(async () => {
      const { running: runs, queued, queue_length } = await queue();
      expect(ids(runs)).toContain(running.jobId);
      expect(ids(queued)).toContain(waiting.jobId);
      expect(queue_length).toBe(queued.length);
    });
    await cancel(running.jobId);
    await eventually(async () => {
      const { running: runs, queued } = await queue();
      expect(ids(runs)).not.toContain(running.jobId);
      expect(queued).toContainEqual(
        expect.objectContaining({ job_id: waiting.jobId, status: 'queued', started_at: null, priority: 50 }),
      );
    });
  });
});
