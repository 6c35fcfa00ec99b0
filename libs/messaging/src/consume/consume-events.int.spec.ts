import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { streamNames } from '@necrocode/contracts';
import { active, ConsumerStage, durable, upTo } from '../spec/consumer-stage.js';
import { soon } from '../spec/soon.js';

jest.setTimeout(60_000);

let stage: ConsumerStage;

beforeEach(async () => {
  stage = await ConsumerStage.set();
});
afterEach(() => stage.strike());

describe('an event', () => {
  it('reaches the handler as it was stored, with its trace', async () => {
    const consumer = stage.start();
    await active(consumer);
    await soon(() => stage.connection.manager.consumers.info(streamNames.events, durable));
    await stage.world.append('job_1');
    await stage.relay();
    await stage.settled(1);
    const [stored] = await stage.world.store.readAll(0n, 1);
    expect(stage.seen[0]).toMatchObject({
      event: stored,
      redelivered: false,
      deliveries: 1,
      traceparent: stored?.metadata.traceparent,
    });
  });

  it('published before the consumer existed is handled too', async () => {
    for (const job of ['job_1', 'job_2', 'job_1']) await stage.world.append(job);
    await stage.relay();
    stage.start();
    await stage.settled(3);
    expect(stage.positions()).toHaveLength(3);
  });

  it('is not handled again by the next process', async () => {
    const first = stage.start();
    for (let n = 0; n < 20; n += 1) await stage.world.append(`job_${n % 3}`);
    await stage.relay();
    await stage.settled(20);
    await first.stop();
    const second = stage.start();
    await active(second);
    await stage.world.append('job_0');
    await stage.relay();
    await stage.settled(21);
    expect(stage.positions()).toEqual(expect.arrayContaining(upTo(21)));
    expect(stage.positions()).toHaveLength(21);
  });
});

describe('order', () => {
  it('holds within a key while keys run side by side and some attempts fail', async () => {
    const perKey = new Map<string, number[]>();
    let running = 0;
    let most = 0;
    const failing = new Set<string>();
    stage.start({
      concurrency: 8,
      retry: { backoff: { initialMs: 1, factor: 1, maxMs: 1 } },
      handle: async ({ event }) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        if (event.position % 7n === 0n && !failing.has(event.id)) {
          failing.add(event.id);
          throw new Error('first attempt');
        }
        const key = event.metadata.correlationId;
        perKey.set(key, [...(perKey.get(key) ?? []), event.streamVersion]);
      },
    });
    for (let n = 0; n < 400; n += 1) {
      await stage.world.append(`job_${n % 10}`);
      if (n % 50 === 49) await stage.relay();
    }
    await soon(() => expect([...perKey.values()].flat()).toHaveLength(400));
    for (const versions of perKey.values()) expect(versions).toEqual(upTo(40));
    expect(failing.size).toBe(57);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('can be by any key', async () => {
    const order: bigint[] = [];
    stage.start({
      key: () => 'everything',
      handle: async ({ event }) => {
        await new Promise((resolve) => setImmediate(resolve));
        order.push(event.position);
      },
    });
    for (let n = 0; n < 50; n += 1) await stage.world.append(`job_${n}`);
    await stage.relay();
    await soon(() => expect(order.map(Number)).toEqual(upTo(50)));
  });
});

describe('a consumer that is set up wrongly', () => {
  it.each(['', 'a.b', 'a b', 'a*'])('is refused the name %p', (name) => {
    expect(() => stage.start({ durable: name })).toThrow(RangeError);
  });

  it('handles an event whose key cannot be told, and tells so', async () => {
    stage.start({
      key: () => {
        throw new Error('no key');
      },
    });
    await stage.world.append('job_1');
    await stage.relay();
    await stage.settled(1);
    expect(stage.notices).toContainEqual({ kind: 'fault', error: new Error('no key') });
  });
});

describe('a consumer of some types', () => {
  const relayed = async (type: string, ...jobs: string[]): Promise<void> => {
    for (const job of jobs) await stage.world.appendTyped(type, job);
    await stage.relay();
  };

  it('reads only those, and counts the others as handled', async () => {
    stage.start({ types: ['TaskCompleted'] });
    await relayed('TaskStarted', 'job_1', 'job_2');
    await relayed('TaskCompleted', 'job_1');
    await relayed('TaskStarted', 'job_3');
    await soon(() => expect(stage.positions()).toEqual([3]));
    await soon(() => expect(stage.checkpoint.position).toBe(4n));
    await soon(async () => {
      const info = await stage.connection.manager.consumers.info(streamNames.events, durable);
      expect([info.num_ack_pending, info.num_pending]).toEqual([0, 0]);
    });
  });

  it('misses none that only the store holds', async () => {
    stage.start({ types: ['TaskCompleted'], checkEveryMs: 60_000 });
    await relayed('TaskStarted', 'job_1');
    await soon(() => expect(stage.checkpoint.position).toBe(1n));
    await stage.world.appendTyped('TaskCompleted', 'job_1');
    await stage.world.appendTyped('TaskStarted', 'job_1');
    const [third] = await stage.world.store.readAll(2n, 1);
    const tail = await stage.sink.tail();
    await stage.sink.publish({ ...tail, position: 2n }, third === undefined ? [] : [third]);
    await soon(() => expect(stage.positions()).toEqual([2]));
    await soon(() => expect(stage.notices).toContainEqual({ kind: 'read-from-store', from: '2', to: '3' }));
  });
});

describe('stopping', () => {
  it('lets running handlers finish, begins nothing new, and gives the rest to the next process at once', async () => {
    let release = (): void => undefined;
    const first = stage.start({
      concurrency: 1,
      handle: async (delivery) => {
        await new Promise<void>((resolve) => (release = resolve));
        stage.seen.push(delivery);
      },
    });
    await active(first);
    for (const job of ['job_1', 'job_2', 'job_1']) await stage.world.append(job);
    await stage.relay();
    await soon(() => expect(first.progress().inProgress).toBe(3));
    const stopped = first.stop();
    await soon(() => release());
    release();
    await stopped;
    expect(stage.positions()).toEqual([1]);
    expect(stage.checkpoint.position).toBe(1n);
    stage.start();
    await stage.settled(3);
    expect(stage.positions()).toEqual([1, 2, 3]);
  });

  it('waits for a handler that hangs only so long', async () => {
    let began = false;
    const aborted: boolean[] = [];
    const consumer = stage.start({
      handle: async ({ signal }) => {
        began = true;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        aborted.push(signal.aborted);
      },
    });
    await stage.world.append('job_1');
    await soon(() => expect(began).toBe(true));
    await consumer.stop(50);
    await soon(() => expect(aborted).toEqual([true]));
  });
});
