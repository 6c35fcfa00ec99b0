import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@necrocode/testing';
import { openStore } from '../spec/open-test-store.js';
import { Sessions } from '../spec/sessions.js';
import { migrateEventStore } from './migrate.js';

// Real servers on a machine that may be busy.
jest.setTimeout(60_000);

let database: TestDatabase;
let sessions: Sessions;

beforeEach(async () => {
  database = await createTestDatabase();
  sessions = new Sessions(database.url);
});
afterEach(async () => {
  await sessions.close();
  await database.drop();
});

describe('migrating the event store', () => {
  it('lets five services start at once on an empty database', async () => {
    const stores = await Promise.all(Array.from({ length: 5 }, () => openStore(database.url)));
    const { rows } = await (await sessions.open()).query('select id from event_store.migrations order by id');
    expect(rows.map(({ id }: { id: string }) => id)).toEqual([
      '0001-events',
      '0002-numbering',
      '0003-relay-lease',
      '0004-archives',
      '0005-large-events',
    ]);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('changes nothing the second time', async () => {
    await migrateEventStore(database.url);
    const session = await sessions.open();
    const state = async (): Promise<unknown> =>
      (await session.query('select id, applied_at, xmin from event_store.migrations order by id')).rows;
    const before = await state();
    await migrateEventStore(database.url);
    expect(await state()).toEqual(before);
  });

  it('refuses a database whose migrations are not those of this release, and changes nothing', async () => {
    await migrateEventStore(database.url);
    const session = await sessions.open();
    await session.query("update event_store.migrations set checksum = 'another' where id = '0002-numbering'");
    await session.query("delete from event_store.migrations where id = '0005-large-events'");
    await expect(migrateEventStore(database.url)).rejects.toThrow('0002-numbering was changed');
    expect((await session.query('select from event_store.migrations')).rowCount).toBe(4);
  });

  it('works for a role that only owns the database', async () => {
    const session = await sessions.open();
    const name = new URL(database.url).pathname.slice(1);
    await session.query(`create role plain_${name} login password 'plain'`);
    await session.query(`grant create, connect on database ${name} to plain_${name}`);
    const url = new URL(database.url);
    url.username = `plain_${name}`;
    url.password = 'plain';
    const store = await openStore(url.href);
    expect(await store.number()).toBe(0n);
    await store.close();
    await session.query(`drop owned by plain_${name}; drop role plain_${name}`);
  });
});
