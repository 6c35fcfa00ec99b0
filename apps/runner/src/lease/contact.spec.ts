import { describe, expect, it } from '@jest/globals';
import { Contact } from './contact.js';

const LEASE_MS = 10_000;

describe('contact with the runner-monitor', () => {
  let now = 1_000_000;
  const contactSince = (sentAt: number): Contact => {
    const contact = new Contact(() => now);
    contact.confirm(sentAt, LEASE_MS);
    return contact;
  };

  it('is none before the first answer', () => {
    expect(new Contact(() => now).isCurrent).toBe(false);
  });

  it('counts from when the request was sent, and is given up well before the lease is over', () => {
    const contact = contactSince(now);
    now += 0.7 * LEASE_MS - 1;
    expect(contact).toMatchObject({ isCurrent: true, leftMs: 1, silentMs: 6_999 });
    now += 1;
    expect(contact.isCurrent).toBe(false);
  });

  it('is not made by the answer to a request that is as old as that', () => {
    expect(contactSince(now - LEASE_MS).isCurrent).toBe(false);
  });

  it('leaves trees a grace that is over long before the lease', () => {
    expect(contactSince(now).graceWithin(5_000)).toBe(1_000);
    expect(contactSince(now).graceWithin(200)).toBe(200);
  });

  it('goes by a clock that only goes on', () => {
    const contact = new Contact();
    const before = contact.now();
    expect(contact.now()).toBeGreaterThanOrEqual(before);
  });
});
