import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { StreamArchived } from '@necrocode/event-store';
import { appendOf, someEvents } from '@necrocode/event-store/contract';
import type pg from 'pg';
import { openTestStore, type TestStore } from '../spec/open-test-store.js';
import { Sessions } from '../spec/sessions.js';
import { soon } from '../spec/soon.js';
import type { StreamsToArchive } from './archive-streams.js';

// Real servers on a machine that may be busy.
jest.setTimeout(60_000);

const FIRST = `sha256:${'1'.repeat(64)}`;
const SECOND = `sha256:${'2'.repeat(64)}`;

let test: TestStore;
let sessions: Sessions;
let session: pg.Client;

beforeEach(async () => {
  test = await openTestStore();
  sessions = new Sessions(test.url);
  session = await sessions.open();
  for (const streamId of ['a', 'b']) await test.store.append([appendOf(streamId, 0, someEvents(2))]);
  await test.store.append([appendOf('a', 2, someEvents(1)), appendOf('kept', 0, someEvents(2))]);
  await test.store.number();
});
afterEach(async () => {
  await sessions.close();
  await test.close();
});

/** As an archive would name them that holds what the store holds now. */
async function holding(streamIds: readonly string[], more: Partial<StreamsToArchive> = {}): Promise<StreamsToArchive> {
  const streams = await Promise.all(
    streamIds.map(async (streamId) => {
      const last = (await test.store.readStream(streamId)).at(-1);
      return { streamId, lastVersion: last?.streamVersion ?? 0, lastHash: last?.hash ?? FIRST };
    }),
  );
  return { number: 1, manifestHash: FIRST, previous: null, streams, ...more };
}

async function archive(archived: StreamsToArchive, client = session): Promise<number> {
  await client.query('begin');
  try {
    const events = await test.store.archiveWithin(client, archived);
    await client.query('commit');
    return events;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** Somebody who reads the store in order. */
async function readerAt(position: number): Promise<void> {
  await session.query(
    `create schema service; create view service.event_readers as select 'slow'::text as reader, ${position}::bigint as position`,
  );
}

describe('archiving streams', () => {
  it('takes their events and leaves tombstones; the others stay as they were', async () => {
    const kept = await test.store.readStream('kept');
    const archived = await holding(['a', 'b']);
    expect(await archive(archived)).toBe(5);
    expect(await test.store.readStream('a')).toEqual([]);
    expect(await test.store.readStream('kept')).toEqual(kept);
    expect(await test.store.findTombstones(['a', 'kept'])).toEqual([{ archive: 1, ...archived.streams[0] }]);
    expect(await test.store.tombstones(1)).toHaveLength(2);
    expect(await test.store.archives()).toMatchObject([{ number: 1, manifestHash: FIRST, streams: 2, events: 5 }]);
  });

  it('keeps the positions of the others, gives no position twice, and verifies', async () => {
    const before = await test.store.readAll(0n, 10);
    await archive(await holding(['a', 'b']));
    expect(await test.store.readAll(0n, 10)).toEqual(before.filter(({ streamId }) => streamId === 'kept'));
    await test.store.append([appendOf('new', 0, someEvents(1))]);
    expect(await test.store.number()).toBe(8n);
    expect(await test.store.verifyNumbering()).toEqual([]);
    for await (const { fault } of test.store.verifyAllStreams()) expect(fault).toBeUndefined();
  });

  it('keeps their ids taken, for whoever begins them anew and whoever goes on with them', async () => {
    await archive(await holding(['a', 'b']));
    const companion = { text: 'create table must_not_be ()', values: [] };
    const refused = new StreamArchived('a', 1);
    await expect(test.store.append([appendOf('a', 0, someEvents(1))], [companion])).rejects.toEqual(refused);
    await expect(test.store.append([appendOf('a', 3, someEvents(1))])).rejects.toEqual(refused);
    const together = ['b', 'other'].map((streamId) => test.store.append([appendOf(streamId, 0, someEvents(1))]));
    expect((await Promise.allSettled(together)).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect((await session.query(`select to_regclass('must_not_be') as found`)).rows).toEqual([{ found: null }]);
  });

  it.each([
    ['a stream that has grown since', { lastVersion: 2 }],
    ['another last event', { lastHash: SECOND }],
  ])('refuses %s, and takes nothing', async (_what, wrong) => {
    const { streams, ...rest } = await holding(['a', 'b']);
    const outdated = {
      ...rest,
      streams: streams.map((stream, index) => (index === 0 ? { ...stream, ...wrong } : stream)),
    };
    await expect(archive(outdated)).rejects.toMatchObject({ refusal: 'outdated' });
    expect(await test.store.readAll(0n, 10)).toHaveLength(7);
    expect(await test.store.archives()).toEqual([]);
  });

  it('refuses an event that has no position yet', async () => {
    await test.store.append([appendOf('fresh', 0, someEvents(1))]);
    await expect(archive(await holding(['fresh']))).rejects.toMatchObject({ refusal: 'outdated' });
  });

  it('refuses what a reader of the store has not passed, and the newest event of all', async () => {
    await readerAt(4);
    await expect(archive(await holding(['a']))).rejects.toMatchObject({ refusal: 'behind', what: 'service.slow' });
    expect(await archive(await holding(['b']))).toBe(2);
    await session.query('drop schema service cascade');
    const next = await holding(['kept'], { number: 2, manifestHash: SECOND, previous: FIRST });
    await expect(archive(next)).rejects.toMatchObject({ refusal: 'behind', what: 'the newest event' });
  });

  it.each([
    ['that skips a number', { number: 3, previous: FIRST }],
    ['that does not name the last', { number: 2, previous: SECOND }],
    ['that begins anew', { number: 1, previous: null }],
  ])('refuses an archive %s: they are a chain', async (_what, wrong) => {
    await archive(await holding(['a']));
    const next = await holding(['b'], { manifestHash: SECOND, ...wrong });
    await expect(archive(next)).rejects.toMatchObject({ refusal: 'out-of-order' });
    expect(await archive({ ...next, number: 2, previous: FIRST })).toBe(2);
  });

  it('waits for an append that is under way, and then refuses the stream that has grown', async () => {
    const archived = await holding(['a']);
    const writer = await sessions.begin();
    await test.store.appendWithin(writer, [appendOf('a', 3, someEvents(1))]);
    const outcome = archive(archived).catch((error: unknown) => error);
    const other = await sessions.open();
    const waiting = "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    await soon(async () => expect((await other.query(waiting)).rowCount).toBe(1));
    await writer.query('commit');
    expect(await outcome).toMatchObject({ refusal: 'outdated' });
  });

  it('holds an append back that comes while it is under way, and then refuses it', async () => {
    await session.query('begin');
    await test.store.archiveWithin(session, await holding(['a']));
    const append = test.store.append([appendOf('a', 3, someEvents(1))]).catch((error: unknown) => error);
    const begun = test.store.append([appendOf('a', 0, someEvents(1))]).catch((error: unknown) => error);
    const other = await sessions.open();
    const waiting = "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    await soon(async () => expect((await other.query(waiting)).rowCount).toBeGreaterThan(0));
    await session.query('commit');
    expect(await append).toEqual(new StreamArchived('a', 1));
    expect(await begun).toEqual(new StreamArchived('a', 1));
  });
});

describe('what an archive leaves behind', () => {
  it.each([
    ['a lie about a stream', `insert into event_store.archived_streams values ('kept', 1, 1, sha256('forged'))`],
    [
      'a tombstone of the middle of a stream',
      `insert into event_store.archived_streams
      select stream_id, 1, stream_version, hash from event_store.events where stream_id = 'kept' and stream_version = 1`,
    ],
    ['a changed tombstone', 'update event_store.archived_streams set last_version = 9'],
    ['no tombstone', 'delete from event_store.archived_streams'],
    ['another archive', `update event_store.archives set manifest_hash = sha256('forged')`],
    ['a position without its event', 'delete from event_store.positions where position = 6'],
    ['half a stream', `delete from event_store.events where stream_id = 'kept' and stream_version = 2`],
  ])('is never %s', async (_what, text) => {
    await archive(await holding(['a', 'b']));
    await expect(session.query(text)).rejects.toThrow(/refused|is not what archive 1 holds/);
  });

  it('is made by a role that may call the function and may delete nothing', async () => {
    const archived = await holding(['a', 'b']);
    const role = `archivist_${new URL(test.url).pathname.slice(1)}`;
    await session.query(`create role ${role}; grant usage on schema event_store to ${role};
      grant execute on function event_store.archive_streams to ${role}`);
    await session.query(`set role ${role}`);
    await expect(session.query('delete from event_store.events')).rejects.toThrow('permission denied');
    expect(await archive(archived)).toBe(5);
    await session.query(`reset role; drop owned by ${role}; drop role ${role}`);
  });
});
