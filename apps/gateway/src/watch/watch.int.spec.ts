import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NecrocodeClient } from '@necrocode/client';
import { type CloudEvent, cloudEventSchema, type EventList } from '@necrocode/contracts';
import { eventually } from '@necrocode/testing';
import { CancelledJob } from '../spec/cancelled-job.js';
import { clientThrough } from '../spec/client-through.js';
import { openStream } from '../spec/read-stream.js';
import { startTestGateway, type TestGateway } from '../spec/test-gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 60_000);
afterAll(() => gateway.close());

const watch = (path: string, headers?: Record<string, string>) => openStream(`${gateway.url}/api${path}`, headers);
const eventOf = ({ data }: { data: string }): CloudEvent => cloudEventSchema.parse(JSON.parse(data));
const running = async (): Promise<CancelledJob> => {
  const job = new CancelledJob(gateway);
  await job.registerRunner();
  await job.submit();
  await job.start();
  await job.request();
  return job;
};
const finish = async (job: CancelledJob): Promise<void> => {
  await job.block();
  await job.signal();
  await job.end();
  await job.clean();
  await job.certify();
};

describe('all events', () => {
  it('come from now on, of every stream in store order, or only those asked for', async () => {
    const [all, ofJobs] = [await watch('/events'), await watch('/events?aggregate=job&type=JobSubmitted')];
    const job = await running();
    await eventually(() => expect(all.messages.map(eventOf).at(-1)?.eventtype).toBe('StepStarted'));
    const events = all.messages.map(eventOf);
    expect(new Set(events.map(({ streamid }) => streamid))).toEqual(
      new Set([
        `runner-${job.runnerId}`,
        'slot-pool-gpu',
        `job-${job.jobId}`,
        `execution-${job.execution.executionId}`,
        `cancellation-${job.cancellationId}`,
      ]),
    );
    expect(events.map(({ sequence }) => Number(sequence))).toEqual(
      events.map((_, index) => Number(events[0]?.sequence) + index),
    );
    await eventually(() => expect(ofJobs.messages.map(eventOf)).toMatchObject([{ eventtype: 'JobSubmitted' }]));
    await Promise.all([all.close(), ofJobs.close()]);
  });

  it('come behind the last one that was seen, and as many as are asked for of those there are', async () => {
    const { store } = gateway.open.platform;
    const before = await store.lastPosition();
    await running();
    await eventually(async () => expect(await store.lastPosition()).toBeGreaterThan(before + 1n));
    const [resumed, newest] = [
      await watch('/events?last=1', { 'last-event-id': before.toString() }),
      await watch('/events?last=2'),
    ];
    await eventually(() => expect(newest.messages.length).toBeGreaterThanOrEqual(2));
    await eventually(() => expect(resumed.messages).not.toEqual([]));
    expect(eventOf(resumed.messages[0] ?? { data: '' }).sequence).toBe((before + 1n).toString());
    await Promise.all([resumed.close(), newest.close()]);
    expect((await gateway.call('GET', '/events?aggregate=nobody')).status).toBe(400);
  });
});

describe('the events of a cancellation', () => {
  it('come live, in store order, from every stream that has a part in it, and end', async () => {
    const job = await running();
    const stream = await watch(`/cancellations/${job.cancellationId}/events`);
    await eventually(() => expect(stream.messages.length).toBeGreaterThan(0));
    await finish(job);
    await stream.ended;
    const end = stream.messages.at(-1);
    const events = stream.messages.slice(0, -1).map(eventOf);
    expect(end).toMatchObject({ event: 'end', id: events.at(-1)?.sequence });
    expect(events.map(({ sequence }) => BigInt(sequence))).toEqual(
      [...events].map(({ sequence }) => BigInt(sequence)).sort((a, b) => (a < b ? -1 : 1)),
    );
    expect(stream.messages.slice(0, -1).map(({ id }) => id)).toEqual(events.map(({ sequence }) => sequence));
    const types = events.map(({ eventtype }) => eventtype);
    expect(types[0]).toBe('CancellationRequested');
    expect(types.at(-1)).toBe('CancellationCompleted');
    for (const type of [
      'DispatchBlocked',
      'ExecutionStopRequested',
      'ExecutionSignalled',
      'ExecutionEnded',
      'SlotSoiled',
      'SlotFreed',
      'CleanupCompleted',
      'JobCancelled',
    ]) {
      expect(types).toContain(type);
    }
    expect(types).not.toContain('TaskAssigned');
  });

  it('resume behind Last-Event-ID without gap or repetition, and answer 204 after the end', async () => {
    const job = await running();
    const path = `/cancellations/${job.cancellationId}/events`;
    const first = await watch(path);
    await eventually(() => expect(first.messages.length).toBeGreaterThanOrEqual(4));
    await first.close();
    const seen = [...first.messages];
    await finish(job);
    const second = await watch(path, { 'last-event-id': seen.at(-1)?.id ?? '' });
    await second.ended;
    const whole = await watch(path);
    await whole.ended;
    const ids = (messages: readonly { id?: string | undefined }[]) => messages.map(({ id }) => id);
    expect(ids([...seen, ...second.messages])).toEqual(ids(whole.messages));
    const after = await watch(path, { 'last-event-id': whole.messages.at(-1)?.id ?? '' });
    await after.ended;
    expect([after.status, after.messages]).toEqual([204, []]);
  });

  it('of one cancellation are not those of another', async () => {
    const [one, other] = [await running(), await running()];
    await finish(one);
    await finish(other);
    const stream = await watch(`/cancellations/${one.cancellationId}/events`);
    await stream.ended;
    const stories = new Set(stream.messages.slice(0, -1).map((message) => eventOf(message).correlationid));
    expect([...stories]).toEqual([one.jobId]);
  });

  it('do not begin at an id that is none', async () => {
    const job = await running();
    const stream = await watch(`/cancellations/${job.cancellationId}/events`, { 'last-event-id': 'x' });
    await stream.ended;
    expect(stream.status).toBe(400);
  });
});

describe('the events of a job', () => {
  it('come live until it has ended and is cleaned up', async () => {
    const job = new CancelledJob(gateway);
    await job.submit();
    const stream = await watch(`/jobs/${job.jobId}/events`);
    await eventually(() => expect(stream.messages.length).toBeGreaterThan(0));
    await job.registerRunner();
    await job.start();
    await job.request();
    await finish(job);
    await stream.ended;
    const types = stream.messages.slice(0, -1).map((message) => eventOf(message).eventtype);
    expect(types[0]).toBe('JobSubmitted');
    for (const type of ['TaskAssigned', 'SlotLeased', 'ExecutionStarted', 'JobCancelled', 'CancellationCompleted']) {
      expect(types).toContain(type);
    }
    expect(stream.messages.at(-1)).toMatchObject({ event: 'end' });
  });

  it('come as a list to whoever accepts JSON', async () => {
    const job = await running();
    await eventually(async () => {
      const response = await gateway.call('GET', `/jobs/${job.jobId}/events`, {
        headers: { accept: 'application/json' },
      });
      const { items } = (await response.json()) as EventList;
      expect(items.map((event) => cloudEventSchema.parse(event).eventtype)).toEqual([
        'JobSubmitted',
        'TaskQueued',
        'TaskAssigned',
        'SlotLeased',
        'ExecutionStarted',
        'TaskStarted',
        'CancellationRequested',
        'StepStarted',
        'StepCompleted',
        'StepStarted',
      ]);
    });
  });
});

describe('the client', () => {
  it('watches a cancellation to its end though the gateway it was connected to goes away', async () => {
    const job = await running();
    const replica = await gateway.replica();
    // What stands before the gateways: it leads to the replica first, then to the other one.
    let target = replica.url;
    const client = clientThrough(() => target);
    const interruptions: string[] = [];
    const types: string[] = [];
    const seen: string[] = [];
    const watching = (async () => {
      const events = client.watchCancellation(job.cancellationId, {
        onInterruption: ({ code }) => interruptions.push(code),
      });
      for await (const event of events) {
        types.push(event.eventtype);
        seen.push(event.sequence);
      }
    })();
    await eventually(() => expect(types).toContain('CancellationRequested'));
    await replica.close();
    await eventually(() => expect(interruptions.length).toBeGreaterThan(0));
    target = gateway.url;
    await finish(job);
    await watching;
    expect(types.at(-1)).toBe('CancellationCompleted');
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('throws what the gateway refuses, as it stands', async () => {
    const client = new NecrocodeClient({ baseUrl: gateway.url, token: 'x'.repeat(40) });
    const events = client.watchJob('job_01h455vb4pex5vsknk084sn02q');
    await expect(events.next()).rejects.toMatchObject({ code: 'unauthenticated', retryable: false, status: 401 });
    await expect(client.getJob('job_1')).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
