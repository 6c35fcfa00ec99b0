import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startTcpProxy } from '@necrocode/testing';
import { consumeEvents } from '../consume/consume-events.js';
import { jetStreamSink } from '../publish/jetstream-sink.js';
import { EventWorld, MemoryCheckpoint } from '../spec/event-world.js';
import { type NatsWorld, natsWorld } from '../spec/nats-world.js';
import { soon } from '../spec/soon.js';
import type { LinkState } from './link.js';

jest.setTimeout(60_000);

let nats: NatsWorld;

beforeEach(async () => {
  nats = await natsWorld();
});
afterEach(async () => {
  await nats[Symbol.asyncDispose]();
});

/** What nats-server keeps for one client before it calls it a slow consumer and closes its connection. */
const MAX_PENDING = 64 * 1024 * 1024;
const chunk = new Uint8Array(1024 * 1024);

describe('a process that does not read what the server sends it', () => {
  it('is cut off, seen as disconnected, and misses no event when it reads again', async () => {
    const world = new EventWorld();
    const server = await nats.connect();
    const proxy = await startTcpProxy(nats.server.port);
    nats.defer(() => proxy.close());
    const states: LinkState[] = [];
    const slow = await nats.connect({ url: proxy.through(nats.server.url), onState: (state) => states.push(state) });
    const seen: bigint[] = [];
    const consumer = consumeEvents({
      connection: slow,
      durable: 'spec-slow',
      store: world.store,
      checkpoint: new MemoryCheckpoint(),
      handle: async ({ event }) => void seen.push(event.position),
    });
    nats.defer(() => consumer.stop());
    const sink = jetStreamSink(server);
    await world.append('job_1');
    await world.relay(sink);
    await soon(() => expect(seen).toEqual([1n]));

    slow.nats.subscribe('spec.flood', { callback: () => undefined });
    await slow.nats.flush();
    proxy.cut();
    for (let sent = 0; sent < 2 * MAX_PENDING; sent += chunk.length) {
      server.nats.publish('spec.flood', chunk);
      await server.nats.flush();
    }
    await world.append('job_1');
    await world.relay(sink);
    proxy.heal();
    await soon(() => expect(states).toEqual(['disconnected', 'connected']));
    await soon(() => expect(seen).toEqual([1n, 2n]));
  });
});
