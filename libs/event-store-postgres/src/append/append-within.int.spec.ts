import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EventIdTaken, MalformedAppend, verifyStream, WrongExpectedVersion } from '@necrocode/event-store';
import { appendOf, freshStream, someEvents } from '@necrocode/event-store/contract';
import { openTestStore, type TestStore } from '../spec/open-test-store.js';
import { Sessions } from '../spec/sessions.js';
import { soon } from '../spec/soon.js';

// Real servers on a machine that may be busy.
jest.setTimeout(60_000);

let test: TestStore;
let sessions: Sessions;

let job: string;

beforeAll(async () => {
  test = await openTestStore();
});
beforeEach(() => {
  sessions = new Sessions(test.url);
  job = freshStream();
});
afterEach(() => sessions.close());
afterAll(() => test.close());

/** Resolves when some session waits for another's transaction. */
const blocked = (): Promise<void> =>
  soon(async () => {
    const observer = await sessions.open();
    const { rowCount } = await observer.query(
      "select from pg_stat_activity where wait_event = 'transactionid' and datname = current_database()",
    );
    await observer.end();
    expect(rowCount).toBe(1);
  });

describe("appending within a caller's transaction", () => {
  it('appends when that commits, and not when it rolls back', async () => {
    const kept = await sessions.begin();
    const { events } = await test.store.appendWithin(kept, [appendOf(`${job}-kept`, 0, someEvents(2))]);
    expect(await test.store.readStream(`${job}-kept`)).toEqual([]);
    await kept.query('commit');
    expect(await test.store.readStream(`${job}-kept`)).toEqual(events);

    const undone = await sessions.begin();
    await test.store.appendWithin(undone, [appendOf(`${job}-undone`, 0, someEvents(1))]);
    await undone.query('rollback');
    expect(await test.store.readStream(`${job}-undone`)).toEqual([]);
  });

  it('goes on from what the same transaction appended before', async () => {
    const session = await sessions.begin();
    await test.store.appendWithin(session, [appendOf(job, 0, someEvents(1))]);
    await test.store.appendWithin(session, [
      appendOf(job, 1, someEvents(1)),
      appendOf(`${job}-task`, 0, someEvents(1)),
    ]);
    await session.query('commit');
    expect(verifyStream(await test.store.readStream(job))).toMatchObject({ intact: true, length: 2 });
  });

  it('finds a repetition, a moved stream and a taken id, and leaves the transaction usable', async () => {
    const append = appendOf(job, 0, someEvents(1));
    const first = await test.store.append([append]);
    const session = await sessions.begin();
    expect(await test.store.appendWithin(session, [append])).toEqual({ events: first.events, repeated: true });
    await expect(test.store.appendWithin(session, [appendOf(job, 0, someEvents(1))])).rejects.toMatchObject({
      name: 'WrongExpectedVersion',
      actualVersion: 1,
      winners: first.events,
    });
    await expect(test.store.appendWithin(session, [appendOf(job, 4, someEvents(1))])).rejects.toBeInstanceOf(
      WrongExpectedVersion,
    );
    await expect(test.store.appendWithin(session, [appendOf(`${job}-task`, 0, append.events)])).rejects.toBeInstanceOf(
      EventIdTaken,
    );
    await expect(test.store.appendWithin(session, [])).rejects.toBeInstanceOf(MalformedAppend);
    await test.store.appendWithin(session, [appendOf(job, 1, someEvents(1))]);
    await session.query('commit');
    expect(await test.store.readStream(job)).toHaveLength(2);
  });

  it('waits for a writer at the same version, and tells who won', async () => {
    const [first, second] = [await sessions.begin(), await sessions.begin()];
    const winner = await test.store.appendWithin(first, [appendOf(job, 0, someEvents(1))]);
    const losing = test.store.appendWithin(second, [appendOf(job, 0, someEvents(1))]).catch((error: unknown) => error);
    await blocked();
    await first.query('commit');
    expect(await losing).toMatchObject({ name: 'WrongExpectedVersion', actualVersion: 1, winners: winner.events });
  });

  it('goes through when that writer rolls back', async () => {
    const [first, second] = [await sessions.begin(), await sessions.begin()];
    await test.store.appendWithin(first, [appendOf(job, 0, someEvents(1))]);
    const waiting = test.store.appendWithin(second, [appendOf(job, 0, someEvents(1))]);
    await blocked();
    await first.query('rollback');
    expect(await waiting).toMatchObject({ repeated: false });
  });

  it('asks for another try when the same append was made at the same moment', async () => {
    const append = appendOf(job, 0, someEvents(1));
    const [first, second] = [await sessions.begin(), await sessions.begin()];
    await test.store.appendWithin(first, [append]);
    const losing = test.store.appendWithin(second, [append]).catch((error: unknown) => error);
    await blocked();
    await first.query('commit');
    expect(await losing).toMatchObject({ name: 'StoreUnavailable' });
    await second.query('rollback');
    expect(await test.store.appendWithin(second, [append])).toMatchObject({ repeated: true });
  });
});
