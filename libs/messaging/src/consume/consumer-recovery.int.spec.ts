import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { streamNames } from '@necrocode/contracts';
import { startTcpProxy } from '@necrocode/testing';
import { active, ConsumerStage, durable } from '../spec/consumer-stage.js';
import { soon } from '../spec/soon.js';

jest.setTimeout(60_000);

let stage: ConsumerStage;

beforeEach(async () => {
  stage = await ConsumerStage.set();
});
afterEach(() => stage.strike());

describe('a checkpoint that hangs', () => {
  it('does not keep its replica from the next turn', async () => {
    const hanging = { load: () => Promise.resolve(0n), save: () => new Promise<void>(() => undefined) };
    const consumer = stage.start({ checkpoint: hanging, saveEveryMs: 1 });
    await stage.world.append('job_1');
    await stage.relay();
    await soon(() => expect(stage.positions()).toEqual([1]));
    await stage.nats.server.kill();
    await stage.nats.server.restart();
    await soon(() => expect(stage.notices.filter(({ kind }) => kind === 'active')).toHaveLength(2));
    await soon(() => expect(consumer.isActive()).toBe(true));
  });
});

describe('trouble', () => {
  async function some(from: number, count: number): Promise<void> {
    for (let n = from; n < from + count; n += 1) await stage.world.append(`job_${n % 5}`);
    await stage.relay();
  }

  it('server killed and started again: consumption goes on, nothing is handled twice', async () => {
    stage.start({ checkEveryMs: 60_000 });
    await some(0, 20);
    await stage.settled(20);
    await stage.nats.server.kill();
    await stage.nats.server.restart();
    await stage.connection.link.whenConnected();
    await soon(() => some(20, 20));
    await stage.settled(40);
    expect(stage.positions()).toHaveLength(40);
  });

  it('server killed in the middle: what runs is not begun again, what is done is not done again', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let began = 0;
    const consumer = stage.start({
      handle: async (delivery) => {
        if (delivery.event.position === 1n) {
          began += 1;
          await held;
        }
        stage.seen.push(delivery);
      },
    });
    for (const job of ['job_slow', 'job_1', 'job_slow', 'job_2']) await stage.world.append(job);
    await stage.relay();
    await soon(() => expect(stage.positions()).toEqual([2, 4]));
    await stage.nats.server.kill();
    await soon(() => expect(consumer.isActive()).toBe(false));
    await stage.nats.server.restart();
    await soon(() => expect([consumer.isActive(), consumer.progress().taken]).toEqual([true, 4n]));
    release();
    await stage.settled(4);
    expect([began, stage.positions()]).toEqual([1, [2, 4, 1, 3]]);
  });

  it('server killed and its files wiped: consumption goes on, nothing is handled twice', async () => {
    stage.start({ checkEveryMs: 60_000 });
    await some(0, 20);
    await stage.settled(20);
    await stage.nats.server.kill();
    await rm(join(stage.nats.server.storeDir, 'jetstream'), { recursive: true });
    await stage.nats.server.restart();
    await stage.connection.link.whenConnected();
    await soon(() => some(20, 1));
    await stage.settled(21);
    expect(stage.positions()).toHaveLength(21);
  });

  it('stream deleted: it is created again and the relay starts over', async () => {
    stage.start({ checkEveryMs: 60_000 });
    await some(0, 20);
    await stage.settled(20);
    await stage.connection.manager.streams.delete(streamNames.events);
    await some(20, 1);
    await stage.settled(21);
    expect(stage.positions()).toHaveLength(21);
  });

  it('consumer deleted: it is created again', async () => {
    stage.start({ checkEveryMs: 60_000 });
    await some(0, 20);
    await stage.settled(20);
    await stage.connection.manager.consumers.delete(streamNames.events, durable);
    await some(20, 1);
    await stage.settled(21);
    expect(stage.positions()).toHaveLength(21);
  });

  it('a message that is no event becomes a dead letter and is in nobody’s way', async () => {
    stage.start();
    await some(0, 2);
    await stage.settled(2);
    await stage.connection.jetstream.publish('necrocode.events.job.job_1.odd', 'not json');
    await soon(async () => {
      const letter = await stage.connection.manager.streams.getMessage(streamNames.deadLetters, { seq: 1 });
      expect(letter?.json()).toMatchObject({ errorCode: 'SyntaxError', body: 'not json' });
    });
    await soon(async () => {
      const info = await stage.connection.manager.consumers.info(streamNames.events, durable);
      expect(info.num_ack_pending).toBe(0);
    });
  });
});

describe('two replicas', () => {
  it('take turns: one is active, the other takes over what the killed one left, in order', async () => {
    const proxy = await startTcpProxy(stage.nats.server.port);
    stage.nats.defer(() => proxy.close());
    const doomed = await stage.nats.connect({ url: proxy.through(stage.nats.server.url) });
    const hung: bigint[] = [];
    const first = stage.start({
      connection: doomed,
      handle: async ({ event, signal }) => {
        hung.push(event.position);
        if (event.position > 5n) await new Promise((resolve) => signal.addEventListener('abort', resolve));
        if (signal.aborted) throw new Error('killed');
      },
    });
    await active(first);
    const second = stage.start();
    for (let n = 0; n < 10; n += 1) await stage.world.append('job_1');
    await stage.relay();
    await soon(() => expect(hung).toHaveLength(6));
    await soon(() => expect(stage.checkpoint.position).toBe(5n));
    expect([first.isActive(), second.isActive()]).toEqual([true, false]);
    await proxy.down();
    await soon(() => expect(stage.positions()).toEqual([6, 7, 8, 9, 10]));
    await soon(() => expect(stage.checkpoint.position).toBe(10n));
    expect([first.isActive(), second.isActive()]).toEqual([false, true]);
  });
});
