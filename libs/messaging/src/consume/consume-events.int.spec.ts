import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { streamNames } from '@necrocode/contracts';
import type { EventSink } from '@necrocode/event-store';
import { startTcpProxy } from '@necrocode/testing';
import type { MessagingConnection } from '../connect/connection.js';
import { jetStreamSink } from '../publish/jetstream-sink.js';
import { EventWorld, MemoryCheckpoint, withoutArchived } from '../spec/event-world.js';
import { type NatsWorld, natsWorld } from '../spec/nats-world.js';
import { soon } from '../spec/soon.js';
import { consumeEvents, type ConsumeEventsOptions, type EventConsumer, type EventDelivery } from './consume-events.js';
import type { ConsumerNotice } from './notice.js';

jest.setTimeout(60_000);

const durable = 'spec-purpose';

let nats: NatsWorld;
let connection: MessagingConnection;
let world: EventWorld;
let sink: EventSink;
let checkpoint: MemoryCheckpoint;
let seen: EventDelivery[];
let notices: ConsumerNotice[];

beforeEach(async () => {
  nats = await natsWorld();
  connection = await nats.connect();
  world = new EventWorld();
  sink = jetStreamSink(connection);
  checkpoint = new MemoryCheckpoint();
  seen = [];
  notices = [];
});
afterEach(async () => {
  await nats[Symbol.asyncDispose]();
});

function start(options: Partial<ConsumeEventsOptions> = {}): EventConsumer {
  const consumer = consumeEvents({
    connection,
    durable,
    store: world.store,
    checkpoint,
    handle: (delivery) => {
      seen.push(delivery);
      return Promise.resolve();
    },
    observe: (notice) => notices.push(notice),
    ...options,
  });
  nats.defer(() => consumer.stop());
  return consumer;
}

const positions = (): number[] => seen.map(({ event }) => Number(event.position));
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);
const active = (consumer: EventConsumer): Promise<void> => soon(() => expect(consumer.isActive()).toBe(true));

/** Everything appended is handled, the checkpoint says so, and nothing is left unsettled at the server. */
async function settled(last: number): Promise<void> {
  await soon(() => expect(new Set(positions())).toEqual(new Set(upTo(last))));
  await soon(() => expect(checkpoint.position).toBe(BigInt(last)));
  await soon(async () => {
    const info = await connection.manager.consumers.info(streamNames.events, durable);
    expect([info.num_ack_pending, info.num_pending]).toEqual([0, 0]);
  });
}

describe('an event', () => {
  it('reaches the handler as it was stored, with its trace', async () => {
    const consumer = start();
    await active(consumer);
    await soon(() => connection.manager.consumers.info(streamNames.events, durable));
    await world.append('job_1');
    await world.relay(sink);
    await settled(1);
    const [stored] = await world.store.readAll(0n, 1);
    expect(seen[0]).toMatchObject({
      event: stored,
      redelivered: false,
      deliveries: 1,
      traceparent: stored?.metadata.traceparent,
    });
  });

  it('published before the consumer existed is handled too', async () => {
    for (const job of ['job_1', 'job_2', 'job_1']) await world.append(job);
    await world.relay(sink);
    start();
    await settled(3);
    expect(positions()).toHaveLength(3);
  });

  it('is not handled again by the next process', async () => {
    const first = start();
    for (let n = 0; n < 20; n += 1) await world.append(`job_${n % 3}`);
    await world.relay(sink);
    await settled(20);
    await first.stop();
    const second = start();
    await active(second);
    await world.append('job_0');
    await world.relay(sink);
    await settled(21);
    expect(positions()).toEqual(expect.arrayContaining(upTo(21)));
    expect(positions()).toHaveLength(21);
  });
});

describe('order', () => {
  it('holds within a key while keys run side by side and some attempts fail', async () => {
    const perKey = new Map<string, number[]>();
    let running = 0;
    let most = 0;
    const failing = new Set<string>();
    start({
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
      await world.append(`job_${n % 10}`);
      if (n % 50 === 49) await world.relay(sink);
    }
    await soon(() => expect([...perKey.values()].flat()).toHaveLength(400));
    for (const versions of perKey.values()) expect(versions).toEqual(upTo(40));
    expect(failing.size).toBe(57);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('can be by any key', async () => {
    const order: bigint[] = [];
    start({
      key: () => 'everything',
      handle: async ({ event }) => {
        await new Promise((resolve) => setImmediate(resolve));
        order.push(event.position);
      },
    });
    for (let n = 0; n < 50; n += 1) await world.append(`job_${n}`);
    await world.relay(sink);
    await soon(() => expect(order.map(Number)).toEqual(upTo(50)));
  });
});

describe('a consumer that is set up wrongly', () => {
  it.each(['', 'a.b', 'a b', 'a*'])('is refused the name %p', (name) => {
    expect(() => start({ durable: name })).toThrow(RangeError);
  });

  it('handles an event whose key cannot be told, and tells so', async () => {
    start({
      key: () => {
        throw new Error('no key');
      },
    });
    await world.append('job_1');
    await world.relay(sink);
    await settled(1);
    expect(notices).toContainEqual({ kind: 'fault', error: new Error('no key') });
  });
});

describe('a checkpoint that hangs', () => {
  it('does not keep its replica from the next turn', async () => {
    const hanging = { load: () => Promise.resolve(0n), save: () => new Promise<void>(() => undefined) };
    const consumer = start({ checkpoint: hanging, saveEveryMs: 1 });
    await world.append('job_1');
    await world.relay(sink);
    await soon(() => expect(positions()).toEqual([1]));
    await nats.server.kill();
    await nats.server.restart();
    await soon(() => expect(notices.filter(({ kind }) => kind === 'active')).toHaveLength(2));
    await soon(() => expect(consumer.isActive()).toBe(true));
  });
});

describe('a failing event', () => {
  it('holds back its own key only', async () => {
    let mended = false;
    start({
      handle: (delivery) => {
        if (delivery.event.metadata.correlationId === 'job_bad' && !mended) throw new Error('not yet');
        seen.push(delivery);
        return Promise.resolve();
      },
      retry: { maxAttempts: 1_000, backoff: { initialMs: 5, factor: 1, maxMs: 5 } },
    });
    for (const job of ['job_bad', 'job_a', 'job_bad', 'job_b']) await world.append(job);
    await world.relay(sink);
    await soon(() => expect(positions().sort()).toEqual([2, 4]));
    await soon(() => expect(notices.filter(({ kind }) => kind === 'handler-failed').length).toBeGreaterThan(3));
    expect(checkpoint.position).toBe(0n);
    mended = true;
    await settled(4);
    expect(positions().filter((position) => position % 2 === 1)).toEqual([1, 3]);
  });

  it('becomes a dead letter after its attempts, without the error message, and its key goes on', async () => {
    const secret = new Error('password is hunter2');
    start({
      handle: (delivery) => {
        if (delivery.event.position === 1n) throw secret;
        seen.push(delivery);
        return Promise.resolve();
      },
      retry: { maxAttempts: 3, backoff: { initialMs: 1, factor: 1, maxMs: 1 } },
    });
    await world.append('job_1');
    await world.append('job_1');
    await world.relay(sink);
    await soon(() => expect(positions()).toEqual([2]));
    await soon(() => expect(checkpoint.position).toBe(2n));
    const [event] = await world.store.readAll(0n, 1);
    const letter = await connection.manager.streams.getMessage(streamNames.deadLetters, { seq: 1 });
    expect(letter?.json()).toMatchObject({
      durable,
      messageId: event?.id,
      key: 'job_1',
      attempts: 3,
      errorCode: 'Error',
      body: { id: event?.id, sequence: '1' },
    });
    expect(letter?.string()).not.toContain('hunter2');
    expect(letter?.header.get('traceparent')).toBe(event?.metadata.traceparent);
    expect(notices).toContainEqual({
      kind: 'dead-lettered',
      messageId: event?.id,
      key: 'job_1',
      errorCode: 'Error',
      error: secret,
    });
    await soon(async () => {
      const info = await connection.manager.consumers.info(streamNames.events, durable);
      expect(info.num_ack_pending).toBe(0);
    });
  });

  it('is never given up for a store that is away', async () => {
    const { StoreUnavailable } = await import('@necrocode/event-store');
    let failures = 0;
    start({
      handle: (delivery) => {
        failures += 1;
        if (failures <= 20) throw new StoreUnavailable('away', {});
        seen.push(delivery);
        return Promise.resolve();
      },
      retry: { maxAttempts: 2, backoff: { initialMs: 1, factor: 1, maxMs: 1 } },
    });
    await world.append('job_1');
    await world.relay(sink);
    await settled(1);
    expect(notices.filter(({ kind }) => kind === 'dead-lettered')).toEqual([]);
  });
});

describe('a consumer of some types', () => {
  const relayed = async (type: string, ...jobs: string[]): Promise<void> => {
    for (const job of jobs) await world.appendTyped(type, job);
    await world.relay(sink);
  };

  it('reads only those, and counts the others as handled', async () => {
    start({ types: ['TaskCompleted'] });
    await relayed('TaskStarted', 'job_1', 'job_2');
    await relayed('TaskCompleted', 'job_1');
    await relayed('TaskStarted', 'job_3');
    await soon(() => expect(positions()).toEqual([3]));
    await soon(() => expect(checkpoint.position).toBe(4n));
    await soon(async () => {
      const info = await connection.manager.consumers.info(streamNames.events, durable);
      expect([info.num_ack_pending, info.num_pending]).toEqual([0, 0]);
    });
  });

  it('misses none that only the store holds', async () => {
    start({ types: ['TaskCompleted'], checkEveryMs: 60_000 });
    await relayed('TaskStarted', 'job_1');
    await soon(() => expect(checkpoint.position).toBe(1n));
    await world.appendTyped('TaskCompleted', 'job_1');
    await world.appendTyped('TaskStarted', 'job_1');
    const [third] = await world.store.readAll(2n, 1);
    const tail = await sink.tail();
    await sink.publish({ ...tail, position: 2n }, third === undefined ? [] : [third]);
    await soon(() => expect(positions()).toEqual([2]));
    await soon(() => expect(notices).toContainEqual({ kind: 'read-from-store', from: '2', to: '3' }));
  });
});

describe('what JetStream lacks', () => {
  it('in between is read from the store before the next event', async () => {
    const order: number[] = [];
    start({
      key: () => 'one',
      checkEveryMs: 60_000,
      handle: ({ event }) => {
        order.push(Number(event.position));
        return Promise.resolve();
      },
    });
    await world.append('job_1');
    await world.relay(sink);
    await soon(() => expect(order).toEqual([1]));
    await world.append('job_1', 2, 3, 4, 5);
    const [next] = await world.store.readAll(4n, 1);
    const tail = await sink.tail();
    await sink.publish({ ...tail, position: 4n }, next === undefined ? [] : [next]);
    await soon(() => expect(order).toEqual([1, 2, 3, 4, 5]));
    await soon(() => expect(notices).toContainEqual({ kind: 'read-from-store', from: '2', to: '5' }));
  });

  it('and the store lacks as well is not handled, and holds up nothing', async () => {
    const consumer = start({ checkEveryMs: 50 });
    await active(consumer);
    const foreign = new EventWorld();
    await foreign.append('job_9', 1, 2, 3, 4);
    const [fourth] = await foreign.store.readAll(3n, 1);
    const tail = await sink.tail();
    await sink.publish({ ...tail, position: 3n }, fourth === undefined ? [] : [fourth]);
    await soon(() => expect(notices).toContainEqual(expect.objectContaining({ kind: 'fault' })));
    await world.append('job_1', 1, 2, 3, 4, 5);
    await soon(() => expect(checkpoint.position).toBe(5n));
    expect(seen.map(({ event }) => event)).toEqual(await world.store.readAll(0n, 10));
  });

  it('at the end is read from the store without any new traffic', async () => {
    const consumer = start({ checkEveryMs: 50 });
    await active(consumer);
    await world.append('job_1');
    await world.append('job_2');
    await soon(() => expect(positions()).toEqual([1, 2]));
    await world.relay(sink);
    await settled(2);
    expect(positions()).toEqual([1, 2]);
  });
});

describe('what was archived', () => {
  it('is passed over by a consumer that begins after it, and by a stream that is filled again', async () => {
    for (const job of ['old_1', 'job_1', 'old_2', 'job_2', 'old_1', 'job_1']) await world.append(job);
    const store = withoutArchived(world.store, ({ streamId }) => streamId.includes('old'));
    const filled = jetStreamSink(connection, { store });
    await filled.publish(await filled.tail(), await store.readAll(0n, 10));
    start({ store, checkEveryMs: 60_000 });
    await soon(() => expect(checkpoint.position).toBe(6n));
    expect(positions()).toEqual([2, 4, 6]);
  });

  it('is not handled when only JetStream still holds it, and holds up nothing', async () => {
    for (const job of ['old_1', 'old_1', 'job_1']) await world.append(job);
    await world.relay(sink);
    const store = withoutArchived(world.store, ({ streamId }) => streamId.includes('old'));
    start({ store, checkEveryMs: 60_000 });
    await soon(() => expect(checkpoint.position).toBe(3n));
    expect(positions()).toEqual([3]);
  });
});

describe('trouble', () => {
  async function some(from: number, count: number): Promise<void> {
    for (let n = from; n < from + count; n += 1) await world.append(`job_${n % 5}`);
    await world.relay(sink);
  }

  it('server killed and started again: consumption goes on, nothing is handled twice', async () => {
    start({ checkEveryMs: 60_000 });
    await some(0, 20);
    await settled(20);
    await nats.server.kill();
    await nats.server.restart();
    await connection.link.whenConnected();
    await soon(() => some(20, 20));
    await settled(40);
    expect(positions()).toHaveLength(40);
  });

  it('server killed in the middle: what runs is not begun again, what is done is not done again', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let began = 0;
    const consumer = start({
      handle: async (delivery) => {
        if (delivery.event.position === 1n) {
          began += 1;
          await held;
        }
        seen.push(delivery);
      },
    });
    for (const job of ['job_slow', 'job_1', 'job_slow', 'job_2']) await world.append(job);
    await world.relay(sink);
    await soon(() => expect(positions()).toEqual([2, 4]));
    await nats.server.kill();
    await soon(() => expect(consumer.isActive()).toBe(false));
    await nats.server.restart();
    await soon(() => expect([consumer.isActive(), consumer.progress().taken]).toEqual([true, 4n]));
    release();
    await settled(4);
    expect([began, positions()]).toEqual([1, [2, 4, 1, 3]]);
  });

  it('server killed and its files wiped: consumption goes on, nothing is handled twice', async () => {
    start({ checkEveryMs: 60_000 });
    await some(0, 20);
    await settled(20);
    await nats.server.kill();
    await rm(join(nats.server.storeDir, 'jetstream'), { recursive: true });
    await nats.server.restart();
    await connection.link.whenConnected();
    await soon(() => some(20, 1));
    await settled(21);
    expect(positions()).toHaveLength(21);
  });

  it('stream deleted: it is created again and the relay starts over', async () => {
    start({ checkEveryMs: 60_000 });
    await some(0, 20);
    await settled(20);
    await connection.manager.streams.delete(streamNames.events);
    await some(20, 1);
    await settled(21);
    expect(positions()).toHaveLength(21);
  });

  it('consumer deleted: it is created again', async () => {
    start({ checkEveryMs: 60_000 });
    await some(0, 20);
    await settled(20);
    await connection.manager.consumers.delete(streamNames.events, durable);
    await some(20, 1);
    await settled(21);
    expect(positions()).toHaveLength(21);
  });

  it('a message that is no event becomes a dead letter and is in nobody’s way', async () => {
    start();
    await some(0, 2);
    await settled(2);
    await connection.jetstream.publish('necrocode.events.job.job_1.odd', 'not json');
    await soon(async () => {
      const letter = await connection.manager.streams.getMessage(streamNames.deadLetters, { seq: 1 });
      expect(letter?.json()).toMatchObject({ errorCode: 'SyntaxError', body: 'not json' });
    });
    await soon(async () => {
      const info = await connection.manager.consumers.info(streamNames.events, durable);
      expect(info.num_ack_pending).toBe(0);
    });
  });
});

describe('two replicas', () => {
  it('take turns: one is active, the other takes over what the killed one left, in order', async () => {
    const proxy = await startTcpProxy(nats.server.port);
    nats.defer(() => proxy.close());
    const doomed = await nats.connect({ url: proxy.through(nats.server.url) });
    const hung: bigint[] = [];
    const first = start({
      connection: doomed,
      handle: async ({ event, signal }) => {
        hung.push(event.position);
        if (event.position > 5n) await new Promise((resolve) => signal.addEventListener('abort', resolve));
        if (signal.aborted) throw new Error('killed');
      },
    });
    await active(first);
    const second = start();
    for (let n = 0; n < 10; n += 1) await world.append('job_1');
    await world.relay(sink);
    await soon(() => expect(hung).toHaveLength(6));
    await soon(() => expect(checkpoint.position).toBe(5n));
    expect([first.isActive(), second.isActive()]).toEqual([true, false]);
    await proxy.down();
    await soon(() => expect(positions()).toEqual([6, 7, 8, 9, 10]));
    await soon(() => expect(checkpoint.position).toBe(10n));
    expect([first.isActive(), second.isActive()]).toEqual([false, true]);
  });
});

describe('stopping', () => {
  it('lets running handlers finish, begins nothing new, and gives the rest to the next process at once', async () => {
    let release = (): void => undefined;
    const first = start({
      concurrency: 1,
      handle: async (delivery) => {
        await new Promise<void>((resolve) => (release = resolve));
        seen.push(delivery);
      },
    });
    await active(first);
    for (const job of ['job_1', 'job_2', 'job_1']) await world.append(job);
    await world.relay(sink);
    await soon(() => expect(first.progress().inProgress).toBe(3));
    const stopped = first.stop();
    await soon(() => release());
    release();
    await stopped;
    expect(positions()).toEqual([1]);
    expect(checkpoint.position).toBe(1n);
    start();
    await settled(3);
    expect(positions()).toEqual([1, 2, 3]);
  });

  it('waits for a handler that hangs only so long', async () => {
    let began = false;
    const aborted: boolean[] = [];
    const consumer = start({
      handle: async ({ signal }) => {
        began = true;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        aborted.push(signal.aborted);
      },
    });
    await world.append('job_1');
    await soon(() => expect(began).toBe(true));
    await consumer.stop(50);
    await soon(() => expect(aborted).toEqual([true]));
  });
});
