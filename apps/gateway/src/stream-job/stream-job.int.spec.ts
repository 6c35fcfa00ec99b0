import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OutputChunk, subjects } from '@necrocode/contracts';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { CancelledJob } from '../spec/cancelled-job.js';
import { openStream } from '../spec/read-stream.js';
import { startTestGateway, type TestGateway } from '../spec/test-gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 60_000);
afterAll(() => gateway.close());

const started = async (): Promise<CancelledJob> => {
  const job = new CancelledJob(gateway);
  await job.registerRunner();
  await job.submit();
  await job.start();
  return job;
};
const write = async ({ jobId, runnerId, executionId }: CancelledJob, sequence: number, text: string): Promise<void> => {
  const at = new Date().toISOString();
  const chunk: OutputChunk = { executionId, jobId, taskKey: 'train', stream: 'stdout', sequence, text, at };
  const subject = subjects.output(runnerId, executionId);
  await gateway.open.platform.messaging.jetstream.publish(subject, JSON.stringify(chunk));
};
const cancelled = async (job: CancelledJob): Promise<void> => {
  await job.request();
  await job.block();
  await job.end();
};
const open = ({ jobId }: CancelledJob, lastEventId?: string) =>
  openStream(
    `${gateway.url}/api/jobs/${jobId}/stream`,
    lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
  );
const texts = ({ messages }: Awaited<ReturnType<typeof open>>) => messages.map(({ data }) => data);

describe('the stream of a job', () => {
  it('begins before the job runs, brings lines as they come and ends with how the job ended', async () => {
    const job = new CancelledJob(gateway);
    await job.registerRunner();
    await job.submit();
    const stream = await open(job);
    await job.start();
    await write(job, 1, 'one\ntw');
    await eventually(() => expect(texts(stream)).toEqual(['one']));
    await write(job, 2, 'o\r\n10%\r20%\nlast');
    await cancelled(job);
    await stream.ended;
    expect(texts(stream)).toEqual(['one', 'two', '10%\n20%', 'last', '[CANCELLED]']);
  });

  it('is there for whoever comes late, and 204 for who has seen its end', async () => {
    const job = await started();
    await write(job, 1, 'nobody reads\n');
    await cancelled(job);
    const stream = await open(job);
    await stream.ended;
    expect(texts(stream)).toEqual(['nobody reads', '[CANCELLED]']);
    const again = await open(job, stream.messages.at(-1)?.id);
    await again.ended;
    expect([again.status, again.messages]).toEqual([204, []]);
  });

  it('resumes behind any of its messages', async () => {
    const job = await started();
    await write(job, 1, 'a\nb\nc');
    await write(job, 2, 'd\n');
    await cancelled(job);
    const whole = await open(job);
    await whole.ended;
    for (const [index, { id }] of whole.messages.slice(0, -1).entries()) {
      const resumed = await open(job, id);
      await resumed.ended;
      expect(texts(resumed)).toEqual(texts(whole).slice(index + 1));
    }
  });

  it('says why a job failed', async () => {
    const job = await started();
    await job.fail('timed-out');
    const stream = await open(job);
    await stream.ended;
    expect(texts(stream)).toEqual(['[ERROR] the task ran longer than its timeoutMs']);
  });

  it('says that the job is done', async () => {
    const job = await started();
    await job.complete();
    const stream = await open(job);
    await stream.ended;
    expect(texts(stream)).toEqual(['[DONE]']);
  });

  it('of an unknown job, or behind an id that never was, is refused', async () => {
    const unknown = await gateway.call('GET', `/jobs/${newId('job')}/stream`);
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { code: 'job-not-found' }]);
    const job = await started();
    const headers = { 'last-event-id': 'yesterday' };
    const malformed = await gateway.call('GET', `/jobs/${job.jobId}/stream`, { headers });
    expect([malformed.status, await malformed.json()]).toMatchObject([400, { fields: [{ path: 'Last-Event-ID' }] }]);
  });
});
