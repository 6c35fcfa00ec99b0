import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { MessagingConnection } from '../connect/connection.js';
import { type NatsWorld, natsWorld } from '../spec/nats-world.js';
import { provisionAll } from './provision-all.js';
import { provisionConsumer } from './provision-consumer.js';
import { provisionStream, provisionStreams } from './provision-streams.js';
import { RefusedChanges } from './refused-changes.js';
import { soon } from '../spec/soon.js';
import type { StreamSpec } from './stream-spec.js';

jest.setTimeout(60_000);

let nats: NatsWorld;
let connection: MessagingConnection;
beforeAll(async () => {
  nats = await natsWorld();
  connection = await nats.connect();
});
afterAll(async () => {
  await nats[Symbol.asyncDispose]();
});

const spec = (name: string): StreamSpec => ({
  name,
  description: 'd',
  subjects: [`spec.${name}.>`],
  storage: 'file',
  retention: 'limits',
  whenFull: 'discard-old',
  maxBytes: 1_000_000,
  duplicateWindowMs: 1_000,
  appendOnly: false,
  replicas: 1,
});

describe('provisioning streams', () => {
  it('creates ours, and finds nothing to do the second time', async () => {
    const created = await provisionStreams(connection.manager, connection.streams);
    expect(new Set(created.values())).toEqual(new Set(['created']));
    const again = await provisionStreams(connection.manager, connection.streams);
    expect(new Set(again.values())).toEqual(new Set(['unchanged']));
  });

  it('is harmless from many processes at once', async () => {
    const once = spec('ONCE');
    await Promise.all(Array.from({ length: 8 }, () => provisionStream(connection.manager, once)));
    expect(await provisionStream(connection.manager, once)).toBe('unchanged');
  });

  it('waits for a server that does not answer yet', async () => {
    const { manager } = connection;
    const all = { manager, streams: [spec('LATE')] };
    await nats.server.kill();
    const faults: unknown[] = [];
    const provisioned = provisionAll(all, (error) => faults.push(error));
    await soon(() => expect(faults).not.toEqual([]));
    await nats.server.restart();
    await provisioned;
    expect((await manager.streams.info('LATE')).config.name).toBe('LATE');
  });

  it('waits only so long, and not at all for what is refused', async () => {
    const { manager } = connection;
    await provisionStream(manager, spec('SMALL'));
    const other = { manager, streams: [{ ...spec('SMALL'), storage: 'memory' } as const] };
    await expect(provisionAll(other, () => expect(true).toBe(false))).rejects.toThrow(RefusedChanges);
    await nats.server.kill();
    await expect(provisionAll({ manager, streams: [spec('GONE')] }, () => undefined, 1)).rejects.toThrow();
    await nats.server.restart();
    await connection.link.whenConnected();
  });

  it('updates what may be updated and keeps what it does not specify', async () => {
    const { manager } = connection;
    await manager.streams.add({ name: 'UPD', subjects: ['spec.UPD.>'], max_consumers: 7 });
    expect(await provisionStream(manager, spec('UPD'))).toBe('updated');
    const { config } = await manager.streams.info('UPD');
    expect([config.max_bytes, config.max_consumers, config.description]).toEqual([1_000_000, 7, 'd']);
  });

  it('refuses to lose messages, names what it refuses, and changes nothing', async () => {
    const { manager, jetstream } = connection;
    await provisionStream(manager, spec('KEEP'));
    await jetstream.publish('spec.KEEP.1', 'x'.repeat(1_000));
    const harmful = { ...spec('KEEP'), maxBytes: 100, storage: 'memory', description: 'e' } as const;
    const error: unknown = await provisionStream(manager, harmful).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RefusedChanges);
    expect(String(error)).toMatch(/stream KEEP .*storage is "file", wanted "memory"; max_bytes is 1000000, wanted 100/);
    expect((await manager.streams.info('KEEP')).config.description).toBe('d');
  });
});

describe('provisioning a consumer', () => {
  const oneByOne = { how: 'one-by-one', ackWaitMs: 1_000, maxUnsettled: 10 } as const;
  const consumer = { stream: 'CON', durable: 'c', description: 'd', settled: oneByOne };

  it('creates it, finds nothing to do the second time, and updates its waits', async () => {
    const { manager } = connection;
    await provisionStream(manager, spec('CON'));
    const { created } = await provisionConsumer(manager, consumer);
    expect((await provisionConsumer(manager, consumer)).created).toBe(created);
    const { config } = await provisionConsumer(manager, {
      ...consumer,
      settled: { ...oneByOne, ackWaitMs: 2_000, maxUnsettled: 20 },
    });
    expect([config.ack_wait, config.max_ack_pending]).toEqual([2e9, 20]);
    expect((await manager.consumers.info('CON', 'c')).created).toBe(created);
  });

  it('refuses one that would not see every message', async () => {
    const { manager } = connection;
    await provisionStream(manager, spec('CON'));
    await manager.consumers.add('CON', {
      durable_name: 'filtered',
      ack_policy: 'explicit',
      filter_subject: 'spec.CON.x',
    });
    await expect(provisionConsumer(manager, { ...consumer, durable: 'filtered' })).rejects.toThrow(
      /filter_subject is "spec.CON.x"/,
    );
  });

  it('makes one anew that keeps no more than how far it has got', async () => {
    const { manager } = connection;
    await provisionStream(manager, spec('CON'));
    const { created } = await provisionConsumer(manager, { ...consumer, durable: 'far' });
    const upTo = { ...consumer, durable: 'far', settled: { how: 'up-to' } } as const;
    const { config, created: anew } = await provisionConsumer(manager, upTo);
    expect([config.ack_policy, anew === created]).toEqual(['all', false]);
    expect((await provisionConsumer(manager, upTo)).created).toBe(anew);
  });
});
