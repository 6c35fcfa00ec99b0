import { beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@necrocode/service-kit';
import { LastHeard } from './last-heard.js';

const LEASE_MS = 10_000;
const runnerId = newId('run');

describe('the silence of a runner', () => {
  let now: number;
  let lastHeard: LastHeard;
  const isSilent = (sessionId = 'one') => lastHeard.isSilent(runnerId, sessionId, LEASE_MS);

  beforeEach(() => {
    now = 1_000;
    lastHeard = new LastHeard(() => now);
  });

  it('is not known before anybody listens', () => {
    now += 10 * LEASE_MS;
    expect(isSilent()).toBe(false);
  });

  it('begins a full lease after listening began, for a runner never heard', () => {
    lastHeard.listen();
    now += LEASE_MS - 1;
    expect(isSilent()).toBe(false);
    now += 1;
    expect(isSilent()).toBe(true);
  });

  it('begins a full lease after it was last heard', () => {
    lastHeard.listen();
    now += LEASE_MS / 2;
    lastHeard.hear(runnerId, 'one');
    now += LEASE_MS - 1;
    expect(isSilent()).toBe(false);
    now += 1;
    expect(isSilent()).toBe(true);
  });

  it('is not broken by another session of the runner', () => {
    lastHeard.listen();
    now += LEASE_MS;
    lastHeard.hear(runnerId, 'two');
    expect(isSilent('one')).toBe(true);
    expect(isSilent('two')).toBe(false);
  });

  it('is forgiven to everybody after an interruption, for a full lease', () => {
    lastHeard.listen();
    lastHeard.hear(runnerId, 'one');
    lastHeard.stopListening();
    now += 5 * LEASE_MS;
    expect(isSilent()).toBe(false);
    lastHeard.listen();
    now += LEASE_MS - 1;
    expect(isSilent()).toBe(false);
    now += 1;
    expect(isSilent()).toBe(true);
  });

  it('counts from listening on for a runner that was forgotten', () => {
    lastHeard.listen();
    now += LEASE_MS / 2;
    lastHeard.hear(runnerId, 'one');
    lastHeard.forget(runnerId);
    now += LEASE_MS / 2;
    expect(isSilent()).toBe(true);
  });
});
