import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NecrocodeClient } from '@necrocode/client';
import { type OutputChunk, subjects } from '@necrocode/contracts';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { CancelledJob } from '../spec/cancelled-job.js';
import { clientThrough } from '../spec/client-through.js';
import { openStream } from '../spec/read-stream.js';
import { startTestGateway, type TestGateway, TOKEN } from '../spec/test-gateway.js';

let gateway: TestGateway;
let client: NecrocodeClient;
beforeAll(async () => {
  gateway = await startTestGateway();
  client = new NecrocodeClient({ baseUrl: gateway.url, token: TOKEN });
}, 60_000);
afterAll(() => gateway.close());

const started = async (): Promise<CancelledJob> => {
  const job = new CancelledJob(gateway);
  await job.registerRunner();
  await job.submit();
  await job.start();
  return job;
};
const write = async ({ jobId, runnerId, executionId }: CancelledJob, sequence: number): Promise<void> => {
  const at = new Date().toISOString();
  const chunk: OutputChunk = {
    executionId,
    jobId,
    taskKey: 'train',
    stream: 'stdout',
    sequence,
    text: `line ${sequence}\n`,
    at,
  };
  await gateway.open.platform.messaging.jetstream.publish(
    subjects.output(runnerId, executionId),
    JSON.stringify(chunk),
  );
};
const cancelled = async (job: CancelledJob): Promise<void> => {
  await job.request();
  await job.block();
  await job.end();
};
const all = async (chunks: AsyncIterable<OutputChunk>): Promise<number[]> => {
  const sequences: number[] = [];
  for await (const { sequence } of chunks) sequences.push(sequence);
  return sequences;
};

describe('the output of a job', () => {
  it('comes as JSON lines, and only its own', async () => {
    const [job, other] = [await started(), await started()];
    await write(job, 1);
    await write(other, 1);
    await write(job, 2);
    const response = await gateway.call('GET', `/jobs/${job.jobId}/logs`);
    expect(response.headers.get('content-type')).toBe('application/jsonl; charset=utf-8');
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as OutputChunk)).toMatchObject([
      { jobId: job.jobId, sequence: 1, text: 'line 1\n', taskKey: 'train', stream: 'stdout' },
      { jobId: job.jobId, sequence: 2 },
    ]);
    expect(await all(client.logs(other.jobId))).toEqual([1]);
  });

  it('is empty for a job that wrote nothing or never ran', async () => {
    const silent = await started();
    expect(await all(client.logs(silent.jobId))).toEqual([]);
    const queued = new CancelledJob(gateway);
    await queued.submit();
    expect(await all(client.logs(queued.jobId))).toEqual([]);
  });

  it('leaves out a message that is no chunk', async () => {
    const job = await started();
    await gateway.open.platform.messaging.jetstream.publish(subjects.output(job.runnerId, job.executionId), 'nonsense');
    await write(job, 1);
    expect(await all(client.logs(job.jobId))).toEqual([1]);
  });

  it('is read by many at once', async () => {
    const job = await started();
    for (let sequence = 1; sequence <= 50; sequence++) await write(job, sequence);
    const whole = Array.from({ length: 50 }, (_, index) => index + 1);
    const reads = await Promise.all(Array.from({ length: 20 }, () => all(client.logs(job.jobId))));
    for (const read of reads) expect(read).toEqual(whole);
  });
});

describe('following', () => {
  it('begins before the job runs, goes on while it writes and ends with it', async () => {
    const job = new CancelledJob(gateway);
    await job.registerRunner();
    await job.submit();
    const stream = await openStream(`${gateway.url}/api/jobs/${job.jobId}/logs?follow=true`);
    await job.start();
    await write(job, 1);
    const sequences = () =>
      stream.messages.filter(({ event }) => !event).map(({ data }) => (JSON.parse(data) as OutputChunk).sequence);
    await eventually(() => expect(sequences()).toEqual([1]));
    await write(job, 2);
    await eventually(() => expect(sequences()).toEqual([1, 2]));
    await write(job, 3);
    await cancelled(job);
    await stream.ended;
    expect(sequences()).toEqual([1, 2, 3]);
    expect(stream.messages.at(-1)).toMatchObject({ event: 'end' });
  });

  it('resumes without loss or repetition though the connection breaks', async () => {
    const job = await started();
    await write(job, 1);
    await write(job, 2);
    const replica = await gateway.replica();
    let target = replica.url;
    const through = clientThrough(() => target);
    const seen: number[] = [];
    const following = (async () => {
      for await (const { sequence } of through.followLogs(job.jobId)) seen.push(sequence);
    })();
    await eventually(() => expect(seen).toEqual([1, 2]));
    await replica.close();
    await write(job, 3);
    target = gateway.url;
    await eventually(() => expect(seen).toEqual([1, 2, 3]));
    await cancelled(job);
    await following;
    expect(seen).toEqual([1, 2, 3]);
  });

  it('of an unknown job is refused', async () => {
    await expect(client.followLogs(newId('job')).next()).rejects.toMatchObject({ code: 'job-not-found' });
  });
});
