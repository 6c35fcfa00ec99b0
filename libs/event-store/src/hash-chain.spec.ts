import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from './canonical-json.js';
import { appendOf, someEvents } from './contract/index.js';
import type { StoredEvent } from './event-store.js';
import { hashEvent, verifyStream } from './hash-chain.js';
import { sealAppend } from './seal-append.js';

const chain = (length: number): StoredEvent[] =>
  sealAppend(appendOf('job-1', 0, someEvents(length)), null).map(({ event }) => ({
    ...event,
    recordedAt: '2026-01-01T00:00:00Z',
  }));

/** The chain with one event changed. */
const forged = (index: number, change: Partial<StoredEvent>): StoredEvent[] =>
  chain(4).map((event, at) => (at === index ? { ...event, ...change } : event));

describe('the hash of an event', () => {
  it('is SHA-256 over the previous hash and the canonical form of its seven parts', () => {
    for (const event of chain(2)) {
      const { recordedAt: _recordedAt, hash, previousHash, ...parts } = event;
      const expected = createHash('sha256')
        .update((previousHash ?? '') + canonicalJson(parts))
        .digest('hex');
      expect(hash).toBe(`sha256:${expected}`);
      expect(hashEvent(previousHash, event)).toBe(hash);
    }
  });

  it('is what it was: a frozen example', () => {
    const event = {
      id: '0199c2f0-0000-7000-8000-000000000001',
      streamId: 'job-1',
      streamVersion: 1,
      type: 'JobSubmitted',
      schemaVersion: 1,
      data: { name: 'train "ü"', priority: 50 },
      metadata: { actor: 'user:ada', correlationId: 'job-1' },
    };
    expect(hashEvent(null, event)).toBe('sha256:786f0fa4c6e820198d6f2098b953c2c67d9089deab1a38affdaeacb52dc1d244');
    expect(hashEvent(hashEvent(null, event), { ...event, streamVersion: 2 })).toBe(
      'sha256:342aaf19b9803476ce8624e19079774bc45359d51ef5cf03a0aec6306911942a',
    );
  });
});

describe('verifying a stream', () => {
  it('accepts an untouched one, whole or from a known head', () => {
    const events = chain(4);
    expect(verifyStream(events)).toMatchObject({ intact: true, length: 4, head: { streamVersion: 4 } });
    expect(verifyStream(events.slice(2), events[1])).toMatchObject({ intact: true, length: 2 });
    expect(verifyStream([])).toEqual({ intact: true, length: 0, head: null });
  });

  it.each<[string, Partial<StoredEvent>, string]>([
    ['data', { data: { forged: true } }, 'hash'],
    ['metadata', { metadata: { actor: 'user:mallory', correlationId: 'x' } }, 'hash'],
    ['type', { type: 'SomethingElse' }, 'hash'],
    ['schema version', { schemaVersion: 2 }, 'hash'],
    ['id', { id: '0199c2f0-0000-7000-8000-000000000009' }, 'hash'],
    ['stream', { streamId: 'job-2' }, 'hash'],
    ['hash', { hash: `sha256:${'0'.repeat(64)}` }, 'hash'],
    ['previous hash', { previousHash: `sha256:${'0'.repeat(64)}` }, 'previous-hash'],
    ['version', { streamVersion: 9 }, 'version'],
  ])('names the first event whose %s was changed', (_part, change, broken) => {
    const events = forged(2, change);
    const fault = { eventId: events[2]?.id, broken };
    expect(verifyStream(events)).toMatchObject({ intact: false, fault });
  });

  it('notices an event whose own hash was recomputed, at the one after it', () => {
    const events = forged(1, { data: 'forged' });
    const recomputed = events.map((event, at) =>
      at === 1 ? { ...event, hash: hashEvent(event.previousHash, event) } : event,
    );
    expect(verifyStream(recomputed)).toMatchObject({
      intact: false,
      fault: { streamVersion: 3, broken: 'previous-hash' },
    });
  });

  it('notices a missing and a swapped event', () => {
    const [first, second, third] = chain(3);
    expect(verifyStream([first, third].filter((event) => event !== undefined))).toMatchObject({
      fault: { broken: 'version' },
    });
    expect(verifyStream([second, first].filter((event) => event !== undefined))).toMatchObject({
      fault: { broken: 'version' },
    });
  });
});
