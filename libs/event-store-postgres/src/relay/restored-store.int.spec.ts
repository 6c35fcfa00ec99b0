import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startPostgres } from '@necrocode/embedded';
import { appendOf, someEvents } from '@necrocode/event-store/contract';
import { tempDirectory } from '@necrocode/testing';
import { migrateEventStore } from '../migrations/migrate.js';
import { copyTables } from '../spec/copy-tables.js';
import { openStore, openTestStore, type TestStore } from '../spec/open-test-store.js';
import { Sessions } from '../spec/sessions.js';
import { soon } from '../spec/soon.js';

// Real servers on a machine that may be busy.
jest.setTimeout(60_000);

let source: TestStore;
let other: { url: string; stop: () => Promise<void> };

/** A second, younger cluster: its transaction ids are far behind those of the first. */
beforeAll(async () => {
  source = await openTestStore();
  const directory = await tempDirectory();
  const server = await startPostgres({ dataDir: directory.path });
  other = {
    url: server.url,
    stop: async () => {
      await server.stop();
      await directory.remove();
    },
  };
}, 60_000);
afterAll(async () => {
  await source.close();
  await other.stop();
});

describe('a store restored into a new cluster', () => {
  it('reads as before, numbers what had no position yet, and goes on', async () => {
    const before = new Sessions(source.url);
    // Transaction ids in the first cluster run ahead of anything the second has seen.
    const session = await before.open();
    for (let n = 0; n < 3_000; n++) await session.query('select pg_current_xact_id()');
    for (let version = 0; version < 20; version++) await source.store.append([appendOf('old', version, someEvents(1))]);
    await source.store.number();
    const numbered = await source.store.readAll(0n, 100);
    await source.store.append([appendOf('unnumbered', 0, someEvents(2))]);
    const unnumbered = await source.store.readStream('unnumbered');
    await before.close();

    await migrateEventStore(other.url);
    await copyTables(source.url, other.url);
    const restored = await openStore(other.url);
    try {
      expect(await restored.readAll(0n, 100)).toEqual(numbered);
      expect(await restored.readStream('unnumbered')).toEqual(unnumbered);

      await restored.append([appendOf('new', 0, someEvents(1))]);
      expect(await restored.number()).toBe(23n);
      const after = await restored.readAll(0n, 100);
      expect(after.slice(0, 20)).toEqual(numbered);
      expect(after.slice(20).map(({ streamId, position }) => [streamId, position])).toEqual([
        ['unnumbered', 21n],
        ['unnumbered', 22n],
        ['new', 23n],
      ]);

      await restored.append([appendOf('old', 20, someEvents(1)), appendOf('new', 1, someEvents(1))]);
      expect(await restored.number()).toBe(25n);
      expect(await restored.number()).toBe(25n);
      expect(await restored.verifyNumbering()).toEqual([]);
      for await (const { fault } of restored.verifyAllStreams()) expect(fault).toBeUndefined();
    } finally {
      await restored.close();
    }
  });

  it('numbers no restored event again when new transactions reach its transaction id', async () => {
    const restored = await openStore(other.url);
    const sessions = new Sessions(other.url);
    try {
      const session = await sessions.open();
      const start = await restored.number();
      const highest =
        'select max(transaction_id::text::bigint) as highest from event_store.events where sequence <= 22';
      const { rows } = await session.query<{ highest: string }>(highest);
      let appended = 0n;
      for (let reached = 0; reached <= Number(rows[0]?.highest);) {
        const { rows: now } = await session.query<{ id: string }>('select pg_current_xact_id()::text as id');
        reached = Number(now[0]?.id);
        if (reached % 200 !== 0) continue;
        await restored.append([appendOf(`again-${reached}`, 0, someEvents(1))]);
        appended++;
        expect(await restored.number()).toBe(start + appended);
      }
      await restored.append([appendOf('beyond', 0, someEvents(1))]);
      expect(await restored.number()).toBe(start + appended + 1n);
      expect(appended).toBeGreaterThan(3n);
      expect(await restored.verifyNumbering()).toEqual([]);
    } finally {
      await sessions.close();
      await restored.close();
    }
  });

  it('skips nothing that is being appended while it finds its footing', async () => {
    const sessions = new Sessions(other.url);
    const restored = await openStore(other.url);
    try {
      const session = await sessions.open();
      await session.query('update event_store.numbering set system_identifier = system_identifier + 1');
      const start = await restored.lastPosition();
      const open = await sessions.begin();
      await restored.appendWithin(open, [appendOf('drawn-first', 0, someEvents(1))]);
      await restored.append([appendOf('committed-first', 0, someEvents(1))]);
      const numbering = restored.number();
      const waiting = "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
      await Promise.race([numbering, soon(async () => expect((await session.query(waiting)).rowCount).toBe(1))]);
      await open.query('commit');
      await numbering;
      expect(await restored.number()).toBe(start + 2n);
    } finally {
      await sessions.close();
      await restored.close();
    }
  });
});
