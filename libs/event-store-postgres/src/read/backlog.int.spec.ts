import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '@necrocode/event-store';
import { anEvent, appendOf, freshStream, someEvents } from '@necrocode/event-store/contract';
import { openTestStore, type TestStore } from '../spec/open-test-store.js';
import { Sessions } from '../spec/sessions.js';

const told: StoredEvent[] = [];
let test: TestStore;
let sessions: Sessions;

beforeAll(async () => {
  test = await openTestStore({ onStored: (events) => told.push(...events) });
  sessions = new Sessions(test.url);
}, 60_000);
afterAll(async () => {
  await sessions.close();
  await test.close();
});

describe('the backlog of a reader', () => {
  it('is what it has not read, numbered or not', async () => {
    const { store } = test;
    expect(await store.backlog(0n)).toMatchObject({ events: 0, oldestSeconds: 0 });
    await store.append([appendOf(freshStream(), 0, someEvents(3))]);
    expect(await store.backlog(0n)).toMatchObject({ events: 3 });
    await store.number();
    await store.append([appendOf(freshStream(), 0, someEvents(2))]);
    expect(await store.backlog(0n)).toMatchObject({ events: 5 });
    expect(await store.backlog(2n)).toMatchObject({ events: 3, oldestSeconds: expect.any(Number) });
    expect((await store.backlog(2n)).oldestSeconds).toBeGreaterThan(0);
    await store.number();
    expect(await store.backlog(5n)).toMatchObject({ events: 0, oldestSeconds: 0 });
  });

  it('does not count what is not committed, but knows how long a transaction is open', async () => {
    const { store } = test;
    const last = await store.number();
    const open = await sessions.begin();
    await store.appendWithin(open, [appendOf(freshStream(), 0, someEvents(1))]);
    const backlog = await store.backlog(last);
    expect(backlog.events).toBe(0);
    expect(backlog.oldestTransactionSeconds).toBeGreaterThan(0);
    await open.query('commit');
    expect(await store.backlog(last)).toMatchObject({ events: 1 });
  });
});

describe('who hears of what is stored', () => {
  it('hears of each event once, however often it is appended', async () => {
    const before = told.length;
    const append = appendOf(freshStream(), 0, [anEvent(), anEvent()]);
    await test.store.append([append]);
    await test.store.append([append]);
    expect(told.slice(before).map(({ id }) => id)).toEqual(append.events.map(({ id }) => id));
  });
});
