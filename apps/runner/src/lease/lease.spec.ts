import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { idOf } from '@necrocode/service-kit';
import { createLogger } from '@necrocode/service-kit/process';
import { eventually } from '@necrocode/testing';
import type { Msg, NatsConnection } from '@nats-io/nats-core';
import { Contact } from './contact.js';
import { Lease } from './lease.js';

const LEASE_MS = 600;

let now: number;
let answering: boolean;
let lost: number;
let lease: Lease;

beforeEach(() => {
  now = 1_000;
  answering = true;
  lost = 0;
  const contact = new Contact(() => now);
  contact.confirm(now, LEASE_MS);
  const request = (): Promise<Msg> =>
    answering
      ? Promise.resolve({ json: () => ({ leaseMs: LEASE_MS }) } as Msg)
      : Promise.reject(new Error('no answer'));
  lease = new Lease({
    connection: { nats: { request } as unknown as NatsConnection },
    runnerId: idOf('run', '00000000-0000-7000-8000-000000000001'),
    sessionId: 'one',
    contact,
    inventory: () => ({ executionIds: [] }),
    onLost: () => {
      lost += 1;
      return Promise.resolve();
    },
    onUnknown: () => Promise.resolve(),
    logger: createLogger('runner', 'silent'),
  });
});
afterEach(() => lease.stop());

describe('the lease of a runner', () => {
  it('is not held before it is registered', () => {
    expect(lease.check()).toBe(false);
    expect(lost).toBe(0);
  });

  it('is held while heartbeats are answered', () => {
    lease.start();
    expect(lease.check()).toBe(true);
  });

  it('is lost, once, to whoever asks first after the host stood still for longer than it: no timer has come to it yet', () => {
    lease.start();
    now += LEASE_MS;
    expect([lease.check(), lease.check(), lost]).toEqual([false, false, 1]);
  });

  it('is held again when a heartbeat was answered that was sent after the silence', async () => {
    lease.start();
    now += LEASE_MS;
    lease.check();
    await eventually(() => expect(lease.check()).toBe(true));
    expect(lost).toBe(1);
  });

  it('is lost also when the next answer is there at once: what ran meanwhile may have been fenced', async () => {
    lease.start();
    now += LEASE_MS;
    await eventually(() => expect(lost).toBe(1)); // By the next beat; nobody else asks.
  });

  it('stays lost while nobody answers', async () => {
    answering = false;
    lease.start();
    now += LEASE_MS;
    await eventually(() => expect(lost).toBe(1));
    expect(lease.check()).toBe(false);
  });
});
