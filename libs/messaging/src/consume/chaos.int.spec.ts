import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { streamNames } from '@necrocode/contracts';
import { startTcpProxy } from '@necrocode/testing';
import type { MessagingConnection } from '../connect/connection.js';
import { jetStreamSink } from '../publish/jetstream-sink.js';
import { EventWorld, MemoryCheckpoint } from '../spec/event-world.js';
import { type NatsWorld, natsWorld } from '../spec/nats-world.js';
import { soon } from '../spec/soon.js';
import { abortController } from '../timing/abort.js';
import { pause } from '../timing/pause.js';
import { consumeEvents, type EventConsumer } from './consume-events.js';

jest.setTimeout(120_000);

const durable = 'spec-chaos';
const keys = 7;

let nats: NatsWorld;
let connection: MessagingConnection;
let world: EventWorld;
let checkpoint: MemoryCheckpoint;
/** Stream versions in the order in which their effect was made, per key: an effect is made once, as an idempotent handler does. */
let effects: Map<string, number[]>;
let attempts: number;

beforeEach(async () => {
  nats = await natsWorld();
  connection = await nats.connect();
  world = new EventWorld();
  checkpoint = new MemoryCheckpoint();
  effects = new Map();
  attempts = 0;
});
afterEach(async () => {
  await nats[Symbol.asyncDispose]();
});

function consume(over: MessagingConnection): EventConsumer {
  const consumer = consumeEvents({
    connection: over,
    durable,
    store: world.store,
    checkpoint,
    concurrency: 4,
    checkEveryMs: 100,
    saveEveryMs: 10,
    retry: { maxAttempts: 1_000, backoff: { initialMs: 1, factor: 2, maxMs: 10 } },
    handle: async ({ event }) => {
      attempts += 1;
      await new Promise((resolve) => setImmediate(resolve));
      if (attempts % 11 === 0) throw new Error('now and then');
      const done = effects.get(event.metadata.correlationId) ?? [];
      if (done.includes(event.streamVersion)) return;
      effects.set(event.metadata.correlationId, [...done, event.streamVersion]);
    },
  });
  nats.defer(() => consumer.stop());
  return consumer;
}

/** Appends and relays all the while, until the signal; then one last time. */
async function traffic(stop: AbortSignal): Promise<number> {
  const sink = jetStreamSink(connection);
  let appended = 0;
  while (!stop.aborted) {
    for (let n = 0; n < 5; n += 1, appended += 1) await world.append(`job_${appended % keys}`);
    await world.relay(sink).catch(() => undefined);
    await pause(1, stop);
  }
  return appended;
}

async function everythingHandledInOrder(appended: number): Promise<void> {
  await soon(() => expect([...effects.values()].flat()).toHaveLength(appended));
  for (const versions of effects.values()) expect(versions).toEqual(versions.map((_, index) => index + 1));
  await soon(() => expect(checkpoint.position).toBe(BigInt(appended)));
}

/** Waits until consumption has moved on, so that each blow falls on a consumer at work. */
async function movedOn(): Promise<void> {
  const before = checkpoint.position;
  await soon(() => expect(checkpoint.position).toBeGreaterThan(before + 20n));
}

describe('under steady traffic with handlers that fail now and then', () => {
  it('nothing is lost or out of order when the server is killed, wiped, and loses its stream and its consumer', async () => {
    consume(connection);
    const stop = abortController();
    const running = traffic(stop.signal);
    const { manager } = connection;
    const blows = [
      () => manager.consumers.delete(streamNames.events, durable),
      () => manager.streams.delete(streamNames.events),
      () => nats.server.kill().then(() => nats.server.restart()),
      () => manager.streams.delete(streamNames.leases),
      async () => {
        await nats.server.kill();
        await rm(join(nats.server.storeDir, 'jetstream'), { recursive: true });
        await nats.server.restart();
      },
    ];
    for (const blow of blows) {
      await movedOn();
      await blow();
    }
    await movedOn();
    stop.abort();
    await everythingHandledInOrder(await running);
  });

  it('nothing is lost or out of order when the active replica is killed, again and again', async () => {
    const stop = abortController();
    const running = traffic(stop.signal);
    let proxy = await startTcpProxy(nats.server.port);
    consume(await nats.connect({ url: proxy.through(nats.server.url) }));
    for (let life = 0; life < 3; life += 1) {
      await movedOn();
      const next = await startTcpProxy(nats.server.port);
      nats.defer(() => next.close());
      consume(await nats.connect({ url: next.through(nats.server.url) }));
      await proxy.down();
      proxy = next;
    }
    await movedOn();
    stop.abort();
    await everythingHandledInOrder(await running);
  });
});
