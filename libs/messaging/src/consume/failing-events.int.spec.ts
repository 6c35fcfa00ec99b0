import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { streamNames } from '@necrocode/contracts';
import { StoreUnavailable } from '@necrocode/event-store';
import { ConsumerStage, durable } from '../spec/consumer-stage.js';
import { soon } from '../spec/soon.js';

jest.setTimeout(60_000);

let stage: ConsumerStage;

beforeEach(async () => {
  stage = await ConsumerStage.set();
});
afterEach(() => stage.strike());

describe('a failing event', () => {
  it('holds back its own key only', async () => {
    let mended = false;
    stage.start({
      handle: (delivery) => {
        if (delivery.event.metadata.correlationId === 'job_bad' && !mended) throw new Error('not yet');
        stage.seen.push(delivery);
        return Promise.resolve();
      },
      retry: { maxAttempts: 1_000, backoff: { initialMs: 5, factor: 1, maxMs: 5 } },
    });
    for (const job of ['job_bad', 'job_a', 'job_bad', 'job_b']) await stage.world.append(job);
    await stage.relay();
    await soon(() => expect(stage.positions().sort()).toEqual([2, 4]));
    await soon(() => expect(stage.notices.filter(({ kind }) => kind === 'handler-failed').length).toBeGreaterThan(3));
    expect(stage.checkpoint.position).toBe(0n);
    mended = true;
    await stage.settled(4);
    expect(stage.positions().filter((position) => position % 2 === 1)).toEqual([1, 3]);
  });

  it('becomes a dead letter after its attempts, without the error message, and its key goes on', async () => {
    const secret = new Error('password is hunter2');
    stage.start({
      handle: (delivery) => {
        if (delivery.event.position === 1n) throw secret;
        stage.seen.push(delivery);
        return Promise.resolve();
      },
      retry: { maxAttempts: 3, backoff: { initialMs: 1, factor: 1, maxMs: 1 } },
    });
    await stage.world.append('job_1');
    await stage.world.append('job_1');
    await stage.relay();
    await soon(() => expect(stage.positions()).toEqual([2]));
    await soon(() => expect(stage.checkpoint.position).toBe(2n));
    const [event] = await stage.world.store.readAll(0n, 1);
    const letter = await stage.connection.manager.streams.getMessage(streamNames.deadLetters, { seq: 1 });
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
    expect(stage.notices).toContainEqual({
      kind: 'dead-lettered',
      messageId: event?.id,
      key: 'job_1',
      errorCode: 'Error',
      error: secret,
    });
    await soon(async () => {
      const info = await stage.connection.manager.consumers.info(streamNames.events, durable);
      expect(info.num_ack_pending).toBe(0);
    });
  });

  it('is never given up for a store that is away', async () => {
    let failures = 0;
    stage.start({
      handle: (delivery) => {
        failures += 1;
        if (failures <= 20) throw new StoreUnavailable('away', {});
        stage.seen.push(delivery);
        return Promise.resolve();
      },
      retry: { maxAttempts: 2, backoff: { initialMs: 1, factor: 1, maxMs: 1 } },
    });
    await stage.world.append('job_1');
    await stage.relay();
    await stage.settled(1);
    expect(stage.notices.filter(({ kind }) => kind === 'dead-lettered')).toEqual([]);
  });
});
