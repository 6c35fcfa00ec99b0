import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { appendOf, freshStream, someEvents } from '@necrocode/event-store/contract';
import { ArraySink } from '../spec/array-sink.js';
import { openTestStore, type TestStore } from '../spec/open-test-store.js';
import { Sessions } from '../spec/sessions.js';
import { soon } from '../spec/soon.js';
import { type Relay, type RelayOptions } from './relay.js';
import type { RelayEvent } from './relay-event.js';

// Real servers on a machine that may be busy.
jest.setTimeout(60_000);

let test: TestStore;
let sink: ArraySink;
let told: RelayEvent[];
const relays: Relay[] = [];

beforeEach(async () => {
  test = await openTestStore();
  sink = new ArraySink();
  told = [];
});
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  await test.close();
});

/** Without nudges and polls nothing happens but what the spec asks for. */
function startRelay(options: Partial<RelayOptions> = {}): Relay {
  const relay = test.store.startRelay({ sink, pollMs: 3_600_000, observe: (event) => told.push(event), ...options });
  relays.push(relay);
  return relay;
}

async function elected(relay: Relay): Promise<Relay> {
  await soon(() => expect(relay.isElected).toBe(true));
  return relay;
}

async function append(events: number): Promise<void> {
  await test.store.append([appendOf(freshStream(), 0, someEvents(events))]);
}

async function publishedAll(count: number): Promise<void> {
  await soon(() => expect(sink.published).toHaveLength(count));
  expect(sink.published.map(({ position }) => position)).toEqual(sink.published.map((_, index) => BigInt(index + 1)));
  expect(sink.published).toEqual(await test.store.readAll(0n, count));
}

describe('the relay', () => {
  it('publishes what was appended before it came, in batches', async () => {
    await append(1_200);
    startRelay();
    await publishedAll(1_200);
  });

  it('publishes at once when it is woken, without a poll', async () => {
    const relay = await elected(startRelay());
    await append(1);
    relay.wake();
    await publishedAll(1);
  });

  it('is woken by a nudge it has subscribed to, from its election until it is stopped', async () => {
    let wake: (() => void) | undefined;
    const relay = startRelay({
      onNudge: (subscriber) => {
        wake = subscriber;
        return () => (wake = undefined);
      },
    });
    expect(wake).toBeUndefined();
    await elected(relay);
    await append(1);
    wake?.();
    await publishedAll(1);
    await relay.stop();
    expect(wake).toBeUndefined();
  });

  it('finds events without any nudge by its poll', async () => {
    await elected(startRelay({ pollMs: 20 }));
    await append(3);
    await publishedAll(3);
  });

  it('loses no nudge that comes while it works', async () => {
    const relay = await elected(startRelay());
    for (let n = 1; n <= 200; n++) {
      await append(1);
      relay.wake();
    }
    await publishedAll(200);
  });

  it('makes positions durable before it publishes them', async () => {
    const relay = await elected(startRelay());
    let numbered: bigint | undefined;
    sink.beforePublish = async () => {
      numbered = await test.store.lastPosition();
    };
    await append(4);
    relay.wake();
    await publishedAll(4);
    expect(numbered).toBe(4n);
  });

  it('publishes each event once with several relays at once', async () => {
    const all = [startRelay({ pollMs: 5 }), startRelay({ pollMs: 5 }), startRelay({ pollMs: 5 })];
    for (let n = 0; n < 50; n++) await append(2);
    await publishedAll(100);
    expect(all.filter((relay) => relay.isElected)).toHaveLength(1);
  });

  it('publishes each event once even while two hold themselves elected', async () => {
    const admin = new Sessions(test.url);
    const session = await admin.open();
    let entered = 0;
    let overlaps = 0;
    sink.beforePublish = async () => {
      const mine = ++entered;
      if (overlaps >= 3 || mine % 2 === 0) return;
      // Another relay takes the lease while this one is inside a publish.
      await session.query("update event_store.relay_lease set holder = 'nobody', expires_at = '-infinity'");
      await soon(() => expect(entered).toBeGreaterThan(mine));
      overlaps++;
    };
    for (let n = 0; n < 2; n++) startRelay({ pollMs: 5, leaseMs: 60 });
    for (let n = 1; overlaps < 3 && n <= 100; n++) {
      await append(1);
      await publishedAll(n);
    }
    // Two may overlap at the same moment: the one asked for last is then counted as well.
    expect(overlaps).toBeGreaterThanOrEqual(3);
    await admin.close();
  });

  it('hands over at once when it is stopped', async () => {
    const first = await elected(startRelay());
    const second = startRelay({ pollMs: 20 });
    await append(1);
    first.wake();
    await publishedAll(1);
    await first.stop();
    await append(1);
    await publishedAll(2);
    expect(second.isElected).toBe(true);
  });

  it('is replaced when its holder dies between publishing and going on, without a double', async () => {
    const first = await elected(startRelay());
    // Dead to the world: what it published stands, its answer never comes, it renews nothing.
    let release = (): void => undefined;
    const dead = new Promise<void>((resolve) => (release = resolve));
    let reached = false;
    sink.afterPublish = () => {
      sink.afterPublish = async () => undefined;
      reached = true;
      return dead;
    };
    await append(2);
    first.wake();
    await soon(() => expect(reached).toBe(true));
    const sessions = new Sessions(test.url);
    // The lease of a process that is gone: nobody renews it any more.
    await (await sessions.open()).query("update event_store.relay_lease set holder = 'a dead process'");
    await sessions.close();
    await append(1);
    const second = startRelay({ pollMs: 20 });
    await publishedAll(3);
    expect(second.isElected).toBe(true);
    release();
    await append(1);
    await publishedAll(4);
  });

  it('fills a sink that lost everything, also when nothing new comes', async () => {
    startRelay({ pollMs: 20 });
    await append(30);
    await publishedAll(30);
    sink.wipe();
    await publishedAll(30);
    sink.wipe();
    await append(1);
    await publishedAll(31);
  });

  it('goes on from what the sink holds when it lost its end', async () => {
    startRelay({ pollMs: 20 });
    await append(30);
    await publishedAll(30);
    const kept = sink.published.slice(0, 12);
    sink.wipe();
    await sink.publish(await sink.tail(), kept);
    await publishedAll(30);
  });

  it('numbers on while the sink is away, and publishes when it is back', async () => {
    let away = true;
    sink.beforePublish = async () => {
      if (away) throw new Error('away');
    };
    startRelay({ pollMs: 20 });
    await append(3);
    await soon(() => expect(told.some(({ kind }) => kind === 'failed')).toBe(true));
    await append(2);
    await soon(async () => expect(await test.store.lastPosition()).toBe(5n));
    expect(sink.published).toEqual([]);
    away = false;
    await publishedAll(5);
  });

  it('refuses a sink that is ahead of a restored store, and says so', async () => {
    await append(2);
    await test.store.number();
    const [first, second] = await test.store.readAll(0n, 2);
    if (!first || !second) throw new Error('two events were appended');
    await sink.publish(await sink.tail(), [first, second, { ...second, position: 3n }]);
    startRelay({ pollMs: 20 });
    await soon(() => {
      const failure = told.find((event) => event.kind === 'failed');
      expect(failure?.error).toMatchObject({ name: 'SinkAhead', sinkPosition: 3n, storePosition: 2n });
    });
    expect(sink.published).toHaveLength(3);
    sink.wipe();
    await publishedAll(2);
  });

  it('raises the epoch with every change of holder, and only then', async () => {
    const first = await elected(startRelay({ leaseMs: 60 }));
    await soon(async () => {
      const admin = new Sessions(test.url);
      const { rows } = await (
        await admin.open()
      ).query('select expires_at > clock_timestamp() as held, epoch from event_store.relay_lease');
      await admin.close();
      expect(rows).toEqual([{ held: true, epoch: '1' }]);
    });
    await first.stop();
    await elected(startRelay());
    expect(told.filter((event) => event.kind === 'elected').map(({ epoch }) => epoch)).toEqual([1, 2]);
  });

  it('stops in order, more than once', async () => {
    const relay = await elected(startRelay());
    await Promise.all([relay.stop(), relay.stop()]);
    expect(told.map(({ kind }) => kind)).toEqual(['elected', 'deposed']);
  });
});
