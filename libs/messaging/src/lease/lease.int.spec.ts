import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { streamNames, subjects } from '@necrocode/contracts';
import { startTcpProxy } from '@necrocode/testing';
import type { MessagingConnection } from '../connect/connection.js';
import { type NatsWorld, natsWorld } from '../spec/nats-world.js';
import { soon } from '../spec/soon.js';
import { abortController } from '../timing/abort.js';
import { defaultLeaseTimes, type LeaseTimes, withLease } from './lease.js';
import { readLease, writeLease } from './lease-book.js';

jest.setTimeout(60_000);

const purpose = 'spec';
const quick: LeaseTimes = { ttlMs: 300, renewEveryMs: 50, lookEveryMs: 20 };

let nats: NatsWorld;
beforeEach(async () => {
  nats = await natsWorld();
});
afterEach(async () => {
  await nats[Symbol.asyncDispose]();
});

interface Replica {
  /** How often it has become active. */
  turns: number;
  active: boolean;
  readonly faults: unknown[];
  stop(): Promise<void>;
}

function replica(connection: MessagingConnection, times: LeaseTimes, onTurn = (): void => undefined): Replica {
  const stop = abortController();
  const state: Replica = {
    turns: 0,
    active: false,
    faults: [],
    stop: async () => {
      stop.abort();
      await ended;
    },
  };
  const ended = withLease(
    connection,
    purpose,
    stop.signal,
    async (lost) => {
      state.turns += 1;
      state.active = true;
      onTurn();
      await new Promise((resolve) => lost.addEventListener('abort', resolve, { once: true }));
      state.active = false;
    },
    (error) => state.faults.push(error),
    times,
  );
  nats.defer(() => state.stop());
  return state;
}

describe('a lease', () => {
  it('is held by one of many, and by the next as soon as it is given back', async () => {
    let active = 0;
    let most = 0;
    const replicas: Replica[] = [];
    for (let n = 0; n < 5; n += 1) {
      const connection = await nats.connect();
      replicas.push(
        replica(connection, defaultLeaseTimes, () => {
          active = replicas.filter((each) => each.active).length;
          most = Math.max(most, active);
        }),
      );
    }
    for (let turn = 0; turn < 5; turn += 1) {
      const holder = await soon(() => {
        const [found, ...others] = replicas.filter((each) => each.active);
        expect(others).toEqual([]);
        if (found === undefined) throw new Error('nobody holds it');
        return found;
      });
      await holder.stop();
    }
    expect(most).toBe(1);
    expect(replicas.map(({ turns }) => turns)).toEqual([1, 1, 1, 1, 1]);
  });

  it('passes on at once when the holder is killed, long before it would be stale', async () => {
    const never: LeaseTimes = { ...quick, ttlMs: 3_600_000 };
    const proxy = await startTcpProxy(nats.server.port);
    nats.defer(() => proxy.close());
    const first = replica(await nats.connect({ url: proxy.through(nats.server.url) }), never);
    await soon(() => expect(first.active).toBe(true));
    const second = replica(await nats.connect(), never);
    await proxy.down();
    await soon(() => expect([first.active, second.active]).toEqual([false, true]));
  });

  it('passes on when the holder hangs, and the holder knows it when it comes round', async () => {
    const proxy = await startTcpProxy(nats.server.port);
    nats.defer(() => proxy.close());
    const frozen = await nats.connect({ url: proxy.through(nats.server.url) });
    const first = replica(frozen, quick);
    await soon(() => expect(first.active).toBe(true));
    const second = replica(await nats.connect(), quick);
    proxy.cut();
    await soon(() => expect([first.active, second.active]).toEqual([false, true]));
    // By its own clock, not because the client has noticed that nothing answers.
    expect(frozen.link.state).toBe('connected');
    proxy.heal();
    await second.stop();
    await soon(() => expect([first.turns, first.active]).toEqual([2, true]));
  });

  it('stays with its holder, renewed, while others wait', async () => {
    const connection = await nats.connect();
    const first = replica(connection, quick);
    await soon(() => expect(first.active).toBe(true));
    const second = replica(await nats.connect(), quick);
    const { sequence } = await readLease(connection, purpose);
    // Twelve renewals are two times the time after which a lease is stale.
    await soon(async () => expect((await readLease(connection, purpose)).sequence).toBeGreaterThan(sequence + 12));
    expect([first.turns, second.turns]).toEqual([1, 0]);
  });

  it('is lost to whoever overwrites it', async () => {
    const connection = await nats.connect();
    const first = replica(connection, { ...quick, renewEveryMs: 20 });
    await soon(() => expect(first.active).toBe(true));
    await soon(async () => {
      const { sequence } = await readLease(connection, purpose);
      expect(await writeLease(connection, purpose, 'an intruder', sequence)).toBeDefined();
    });
    // Nobody answers for the intruder, so the lease comes back: it was lost in between.
    await soon(() => expect(first.turns).toBe(2));
  });

  it('survives its stream being deleted, and a restart of the server', async () => {
    const connection = await nats.connect();
    const first = replica(connection, quick);
    await soon(() => expect(first.active).toBe(true));
    await connection.manager.streams.delete(streamNames.leases);
    await soon(() => expect([first.turns, first.active]).toEqual([2, true]));
    await nats.server.kill();
    await soon(() => expect(first.active).toBe(false));
    await nats.server.restart();
    await soon(() => expect([first.turns, first.active]).toEqual([3, true]));
  });

  it('ends with a connection that is closed for good', async () => {
    const connection = await nats.connect();
    const first = replica(connection, quick);
    await soon(() => expect(first.active).toBe(true));
    await connection.close();
    await soon(() => expect(first.active).toBe(false));
    await first.stop();
  });
});

describe('the lease book', () => {
  it('takes an entry only from who knows the newest one', async () => {
    const connection = await nats.connect();
    replica(connection, quick);
    await soon(async () => expect((await readLease(connection, purpose)).holder).toBeDefined());
    expect(await readLease(connection, 'other')).toEqual({ holder: undefined, sequence: 0 });
    const first = await writeLease(connection, 'other', 'a', 0);
    expect(await writeLease(connection, 'other', 'b', 0)).toBeUndefined();
    expect(await readLease(connection, 'other')).toEqual({ holder: 'a', sequence: first });
    await writeLease(connection, 'other', undefined, first ?? 0);
    expect((await readLease(connection, 'other')).holder).toBeUndefined();
    expect(subjects.lease('other')).toBe('necrocode.leases.other');
  });
});
