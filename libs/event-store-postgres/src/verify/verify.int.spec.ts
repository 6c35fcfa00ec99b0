import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { appendOf, someEvents } from '@necrocode/event-store/contract';
import type pg from 'pg';
import { openTestStore, type TestStore } from '../spec/open-test-store.js';
import { Sessions } from '../spec/sessions.js';
import type { StreamVerification } from './verify-all-streams.js';

// Real servers on a machine that may be busy.
jest.setTimeout(60_000);

let test: TestStore;
let sessions: Sessions;
let intruder: pg.Client;

beforeEach(async () => {
  test = await openTestStore();
  sessions = new Sessions(test.url);
  intruder = await sessions.open();
});
afterEach(async () => {
  await sessions.close();
  await test.close();
});

const verified = async (): Promise<StreamVerification[]> => {
  const found: StreamVerification[] = [];
  for await (const stream of test.store.verifyAllStreams()) found.push(stream);
  return found;
};

/** What only the owner of the tables can do, by taking the guard away first. */
async function tamper(text: string): Promise<void> {
  await intruder.query('alter table event_store.events disable trigger user');
  await intruder.query(text);
  await intruder.query('alter table event_store.events enable trigger user');
}

describe('stored events', () => {
  it.each([
    ['events', "update event_store.events set type = 'Forged'"],
    ['events', 'delete from event_store.events'],
    ['events', 'truncate event_store.events'],
    ['events', "update event_store.events set type = 'Forged' where false"],
    ['positions', 'update event_store.positions set position = position + 1'],
    ['positions', 'delete from event_store.positions'],
    ['positions', 'truncate event_store.positions'],
  ])('in %s refuse: %s', async (table, text) => {
    await test.store.append([appendOf('job', 0, someEvents(1))]);
    await test.store.number();
    await expect(intruder.query(text)).rejects.toThrow(`on event_store.${table} refused: events are never changed`);
    await intruder.query("set session_replication_role = 'replica'");
    await expect(intruder.query(text)).rejects.toThrow('refused');
    expect(await test.store.readAll(0n, 10)).toHaveLength(1);
  });
});

describe('verifying all streams', () => {
  beforeEach(async () => {
    await test.store.append([
      appendOf('a', 0, someEvents(3)),
      appendOf('b', 0, someEvents(1)),
      appendOf('c', 0, someEvents(4)),
    ]);
    await test.store.append([appendOf('a', 3, someEvents(2))]);
    await test.store.number();
  });

  it('finds all intact', async () => {
    expect(await verified()).toEqual([
      { streamId: 'a', length: 5, fault: undefined },
      { streamId: 'b', length: 1, fault: undefined },
      { streamId: 'c', length: 4, fault: undefined },
    ]);
    expect(await test.store.verifyNumbering()).toEqual([]);
  });

  it('reads streams longer than a page, and pages of many streams', async () => {
    await test.store.append([appendOf('long', 0, someEvents(4_500))]);
    await test.store.append(Array.from({ length: 2_100 }, (_, n) => appendOf(`many-${n}`, 0, someEvents(1))));
    const found = await verified();
    expect(found).toHaveLength(3 + 1 + 2_100);
    expect(found.find(({ streamId }) => streamId === 'long')).toEqual({
      streamId: 'long',
      length: 4_500,
      fault: undefined,
    });
    expect(found.filter(({ fault }) => fault)).toEqual([]);
  });

  it.each([
    ['data', `set data = '{"forged":true}'`, 'hash'],
    ['metadata', `set metadata = '{"actor":"user:mallory"}'`, 'hash'],
    ['previous hash', `set previous_hash = sha256('forged')`, 'previous-hash'],
    ['hash', `set hash = sha256('forged')`, 'hash'],
  ])('names the first event whose %s was changed, and goes on to the other streams', async (_what, change, broken) => {
    await tamper(`update event_store.events ${change} where stream_id = 'a' and stream_version = 3`);
    const found = await verified();
    expect(found).toMatchObject([
      { streamId: 'a', fault: { streamVersion: 3, broken } },
      { streamId: 'b' },
      { streamId: 'c' },
    ]);
    expect(found.filter(({ fault }) => fault)).toHaveLength(1);
  });

  it('notices an event cut out of a stream', async () => {
    await tamper("delete from event_store.events where stream_id = 'c' and stream_version = 2");
    expect((await verified())[2]).toMatchObject({ fault: { streamId: 'c', streamVersion: 3, broken: 'version' } });
  });

  it('notices by the numbering when the newest events were cut off, which no chain can', async () => {
    await tamper("delete from event_store.events where stream_id = 'b'");
    expect((await verified()).map(({ streamId }) => streamId)).toEqual(['a', 'c']);
    expect(await test.store.verifyNumbering()).toEqual([{ position: 4n, missing: 'event' }]);
  });

  it('refuses to go on from a head that was tampered with', async () => {
    const { events } = await test.store.append([appendOf('a', 5, someEvents(1))]);
    // The store remembers the hash it wrote; the table says another one now.
    await tamper("update event_store.events set hash = sha256('forged') where stream_id = 'a' and stream_version = 6");
    const next = await test.store.append([appendOf('a', 6, someEvents(1))]);
    expect(next.events[0]?.previousHash).not.toBe(events[0]?.hash);
    expect((await verified())[0]).toMatchObject({ fault: { streamVersion: 6, broken: 'hash' } });
  });
});
