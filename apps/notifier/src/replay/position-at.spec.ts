import { describe, expect, it } from '@jest/globals';
import { InMemoryEventStore } from '@necrocode/event-store';
import { positionAt } from './position-at.js';

const START = Date.parse('2026-11-22T10:00:00.000Z');
const HOUR = 3_600_000;

/** An event every hour, the first at ten. */
async function storeOf(events: number): Promise<InMemoryEventStore> {
  let now = START;
  const store = new InMemoryEventStore(() => new Date(now).toISOString());
  for (let version = 0; version < events; version += 1) {
    const id = `0190d6f2-0000-7000-8000-${String(version).padStart(12, '0')}`;
    const metadata = { actor: 'user:ada', correlationId: 'job_1' };
    const event = { id, type: 'TaskStarted', schemaVersion: 1, data: {}, metadata };
    await store.append([{ streamId: 'job-job_1', expectedVersion: version, events: [event] }]);
    now += HOUR;
  }
  return store;
}

describe('the position of a time', () => {
  it.each([
    [0, 0n],
    [0.5, 1n],
    [1, 1n],
    [6.5, 7n],
    [100, 9n],
    [-100, 0n],
  ])('%p hours after the first event is %p', async (hours, position) =>
    expect(await positionAt(await storeOf(9), new Date(START + hours * HOUR))).toBe(position),
  );

  it('is 0 in an empty store', async () => expect(await positionAt(await storeOf(0), new Date(START))).toBe(0n));
});
