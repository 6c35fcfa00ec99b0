import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { jetStreamSink } from '../publish/jetstream-sink.js';
import { active, ConsumerStage } from '../spec/consumer-stage.js';
import { EventWorld, withoutArchived } from '../spec/event-world.js';
import { soon } from '../spec/soon.js';

jest.setTimeout(60_000);

let stage: ConsumerStage;

beforeEach(async () => {
  stage = await ConsumerStage.set();
});
afterEach(() => stage.strike());

describe('what JetStream lacks', () => {
  it('in between is read from the store before the next event', async () => {
    const order: number[] = [];
    stage.start({
      key: () => 'one',
      checkEveryMs: 60_000,
      handle: ({ event }) => {
        order.push(Number(event.position));
        return Promise.resolve();
      },
    });
    await stage.world.append('job_1');
    await stage.relay();
    await soon(() => expect(order).toEqual([1]));
    await stage.world.append('job_1', 2, 3, 4, 5);
    const [next] = await stage.world.store.readAll(4n, 1);
    const tail = await stage.sink.tail();
    await stage.sink.publish({ ...tail, position: 4n }, next === undefined ? [] : [next]);
    await soon(() => expect(order).toEqual([1, 2, 3, 4, 5]));
    await soon(() => expect(stage.notices).toContainEqual({ kind: 'read-from-store', from: '2', to: '5' }));
  });

  it('and the store lacks as well is not handled, and holds up nothing', async () => {
    const consumer = stage.start({ checkEveryMs: 50 });
    await active(consumer);
    const foreign = new EventWorld();
    await foreign.append('job_9', 1, 2, 3, 4);
    const [fourth] = await foreign.store.readAll(3n, 1);
    const tail = await stage.sink.tail();
    await stage.sink.publish({ ...tail, position: 3n }, fourth === undefined ? [] : [fourth]);
    await soon(() => expect(stage.notices).toContainEqual(expect.objectContaining({ kind: 'fault' })));
    await stage.world.append('job_1', 1, 2, 3, 4, 5);
    await soon(() => expect(stage.checkpoint.position).toBe(5n));
    expect(stage.seen.map(({ event }) => event)).toEqual(await stage.world.store.readAll(0n, 10));
  });

  it('at the end is read from the store without any new traffic', async () => {
    const consumer = stage.start({ checkEveryMs: 50 });
    await active(consumer);
    await stage.world.append('job_1');
    await stage.world.append('job_2');
    await soon(() => expect(stage.positions()).toEqual([1, 2]));
    await stage.relay();
    await stage.settled(2);
    expect(stage.positions()).toEqual([1, 2]);
  });
});

describe('what was archived', () => {
  it('is passed over by a consumer that begins after it, and by a stream that is filled again', async () => {
    for (const job of ['old_1', 'job_1', 'old_2', 'job_2', 'old_1', 'job_1']) await stage.world.append(job);
    const store = withoutArchived(stage.world.store, ({ streamId }) => streamId.includes('old'));
    const filled = jetStreamSink(stage.connection, { store });
    await filled.publish(await filled.tail(), await store.readAll(0n, 10));
    stage.start({ store, checkEveryMs: 60_000 });
    await soon(() => expect(stage.checkpoint.position).toBe(6n));
    expect(stage.positions()).toEqual([2, 4, 6]);
  });

  it('is not handled when only JetStream still holds it, and holds up nothing', async () => {
    for (const job of ['old_1', 'old_1', 'job_1']) await stage.world.append(job);
    await stage.relay();
    const store = withoutArchived(stage.world.store, ({ streamId }) => streamId.includes('old'));
    stage.start({ store, checkEveryMs: 60_000 });
    await soon(() => expect(stage.checkpoint.position).toBe(3n));
    expect(stage.positions()).toEqual([3]);
  });
});
