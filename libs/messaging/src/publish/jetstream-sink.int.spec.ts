import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { fromCloudEvent, streamNames } from '@necrocode/contracts';
import { type EventSink, type PositionedEvent, SinkMoved } from '@necrocode/event-store';
import type { MessagingConnection } from '../connect/connection.js';
import { MessagingUnavailable } from '../connect/errors.js';
import { EventWorld } from '../spec/event-world.js';
import { type NatsWorld, natsWorld } from '../spec/nats-world.js';
import { soon } from '../spec/soon.js';
import type { StreamSpec } from '../provision/stream-spec.js';
import { jetStreamSink, type SinkNotice } from './jetstream-sink.js';

jest.setTimeout(60_000);

let nats: NatsWorld;
let connection: MessagingConnection;
let world: EventWorld;
let sink: EventSink;

beforeEach(async () => {
  nats = await natsWorld();
  connection = await nats.connect();
  world = new EventWorld();
  sink = jetStreamSink(connection);
});
afterEach(async () => {
  await nats[Symbol.asyncDispose]();
});

/** Everything in the stream, in stream order. */
async function published(): Promise<PositionedEvent[]> {
  const { state } = await connection.manager.streams.info(streamNames.events);
  const events: PositionedEvent[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const message = await connection.manager.streams.getMessage(streamNames.events, { seq });
    events.push(fromCloudEvent(message?.json()));
  }
  return events;
}

async function append(count: number): Promise<readonly PositionedEvent[]> {
  for (let n = 0; n < count; n += 1) await world.append(`job_${n % 3}`);
  return world.store.readAll(0n, 10_000);
}

function noticed(): { readonly notices: SinkNotice[]; readonly observe: (notice: SinkNotice) => void } {
  const notices: SinkNotice[] = [];
  return { notices, observe: (notice) => void notices.push(notice) };
}

/** The events stream as it is, but for the ban on deleting: what a damaged disk does can then be done by hand. */
function deletable(): StreamSpec {
  const spec = connection.streams.find(({ name }) => name === streamNames.events);
  if (spec === undefined) throw new TypeError('no events stream');
  return { ...spec, appendOnly: false };
}

describe('the tail', () => {
  it('of a stream that does not exist is where history starts, and the stream exists afterwards', async () => {
    expect(await sink.tail()).toEqual({ position: 0n, token: 0 });
    expect((await connection.manager.streams.info(streamNames.events)).config.deny_purge).toBe(true);
  });

  it('of an empty stream leaves out what is older than the replay', async () => {
    await append(5);
    const { store } = world;
    expect((await jetStreamSink(connection, { store, replay: 2 }).tail()).position).toBe(3n);
    expect((await jetStreamSink(connection, { store, replay: 5 }).tail()).position).toBe(0n);
    expect((await jetStreamSink(connection, { store }).tail()).position).toBe(0n);
  });

  it('of a stream with another history is that of a new stream: the old one is gone', async () => {
    await world.relay(jetStreamSink(connection, { store: world.store }));
    await append(3);
    await world.relay(sink);
    const restored = new EventWorld();
    for (let n = 0; n < 2; n += 1) await restored.append('job_1');
    const { notices, observe } = noticed();
    const observed = jetStreamSink(connection, { store: restored.store, observe });
    expect(await observed.tail()).toEqual({ position: 0n, token: 0 });
    await restored.relay(observed);
    expect(await published()).toEqual(await restored.store.readAll(0n, 10));
    await observed.tail();
    expect(notices).toEqual([{ kind: 'foreign-history', position: 3n }, { kind: 'emptied' }]);
  });

  it('of a stream that lacks messages in the middle is that of a new stream', async () => {
    const { manager } = connection;
    const events = await append(4);
    await world.relay(jetStreamSink({ ...connection, streams: [deletable()] }));
    await manager.streams.deleteMessage(streamNames.events, 2);
    const { notices, observe } = noticed();
    await world.relay(jetStreamSink(connection, { store: world.store, observe }));
    expect(await published()).toEqual(events);
    expect(notices).toEqual([{ kind: 'holes', messages: 1 }]);
  });

  it('is read from the newest message', async () => {
    const events = await append(5);
    const tail = await sink.publish(await sink.tail(), events);
    expect(tail).toEqual({ position: 5n, token: 5 });
    expect(await jetStreamSink(await nats.connect()).tail()).toEqual(tail);
  });

  it('is refused when something else has published to the stream', async () => {
    await sink.tail();
    await connection.jetstream.publish('necrocode.events.job.x.y', '{}');
    await expect(sink.tail()).rejects.toThrow('has no position');
  });
});

describe('publishing', () => {
  it('keeps the order of positions over many batches, and carries id, trace and subject', async () => {
    const events = await append(600);
    expect(await sink.publish(await sink.tail(), events)).toEqual({ position: 600n, token: 600 });
    expect(await published()).toEqual(events);
    const message = await connection.manager.streams.getMessage(streamNames.events, { seq: 1 });
    expect(message?.subject).toBe('necrocode.events.job.job_0.task-started');
    expect(message?.header.get('Nats-Msg-Id')).toBe(events[0]?.id);
    expect(message?.header.get('traceparent')).toBe(events[0]?.metadata.traceparent);
  });

  it('of nothing changes nothing', async () => {
    const tail = await sink.tail();
    expect(await sink.publish(tail, [])).toEqual(tail);
  });

  it('is refused behind a tail that has moved, and nothing is stored', async () => {
    const events = await append(4);
    const tail = await sink.tail();
    await sink.publish(tail, events.slice(0, 2));
    await expect(sink.publish(tail, events.slice(0, 2))).rejects.toThrow(SinkMoved);
    expect(await published()).toEqual(events.slice(0, 2));
  });

  it('is refused for other events at positions the stream has passed', async () => {
    const events = await append(2);
    const tail = await sink.tail();
    await sink.publish(tail, events);
    const other = new EventWorld();
    for (let n = 0; n < 3; n += 1) await other.append('job_1');
    // The third would follow by its sequence alone.
    await expect(sink.publish(tail, await other.store.readAll(0n, 10))).rejects.toThrow(SinkMoved);
    expect(await published()).toEqual(events);
  });

  it('is refused for positions that do not follow the tail', async () => {
    const events = await append(3);
    await expect(sink.publish({ ...(await sink.tail()), position: 1n }, events)).rejects.toThrow(RangeError);
  });

  it('finds a deleted stream, creates it again and asks to start over', async () => {
    const events = await append(3);
    const tail = await sink.publish(await sink.tail(), events.slice(0, 2));
    await connection.manager.streams.delete(streamNames.events);
    await expect(sink.publish(tail, events.slice(2))).rejects.toThrow(SinkMoved);
    expect(await sink.tail()).toEqual({ position: 0n, token: 0 });
  });

  it('finds a stream that was wiped and created again by somebody else', async () => {
    const events = await append(3);
    const tail = await sink.publish(await sink.tail(), events.slice(0, 2));
    await connection.manager.streams.delete(streamNames.events);
    await sink.tail();
    await expect(sink.publish(tail, events.slice(2))).rejects.toThrow(SinkMoved);
  });

  it('fails as soon as the connection breaks, not when its requests time out', async () => {
    const events = await append(1);
    const tail = await sink.tail();
    await nats.server.kill();
    const error: unknown = await sink.publish(tail, events).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(MessagingUnavailable);
    expect(String(error)).not.toContain('did not confirm');
  });
});

describe('two relays and a server that is killed over and over', () => {
  it('leave every event in the stream once, in order', async () => {
    const total = 900;
    const connections = [connection, await nats.connect()];
    const sides = connections.map(async (each) => {
      const side = jetStreamSink(each);
      while ((await side.tail().catch(() => undefined))?.position !== BigInt(total)) {
        await world.relay(side).catch(() => each.link.whenConnected());
      }
    });
    for (let kill = 0; kill < 3; kill += 1) {
      await append(total / 3);
      await nats.server.kill();
      await nats.server.restart();
    }
    await Promise.all(sides);
    await soon(async () =>
      expect((await published()).map(({ position }) => Number(position))).toEqual(
        Array.from({ length: total }, (_, n) => n + 1),
      ),
    );
  });

  it('and wiped, too', async () => {
    await append(500);
    await world.relay(sink);
    await nats.server.kill();
    await rm(join(nats.server.storeDir, 'jetstream'), { recursive: true });
    await nats.server.restart();
    await connection.link.whenConnected();
    // With nothing new to publish a relay does not look; consumers do, at the store.
    const events = await append(1);
    await soon(() => world.relay(sink));
    expect(await published()).toEqual(events);
  });
});
