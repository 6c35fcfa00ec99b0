import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startPostgres } from '@necrocode/embedded';
import { StoreUnavailable } from '@necrocode/event-store';
import { appendOf, freshStream, someEvents } from '@necrocode/event-store/contract';
import { tempDirectory } from '@necrocode/testing';
import type { PostgresEventStore } from '../postgres-event-store.js';
import { type CuttableProxy, startCuttableProxy } from '../spec/cuttable-proxy.js';
import { openStore, openTestStore, type TestStore } from '../spec/open-test-store.js';
import { Sessions } from '../spec/sessions.js';
import { soon } from '../spec/soon.js';

// Real servers on a machine that may be busy.
jest.setTimeout(60_000);

describe('a connection that is lost', () => {
  let direct: TestStore;
  let proxy: CuttableProxy;
  let store: PostgresEventStore;

  let job: string;

  beforeAll(async () => {
    direct = await openTestStore();
    proxy = await startCuttableProxy(direct.url);
  });
  beforeEach(async () => {
    job = freshStream();
    store = await openStore(proxy.url);
    await store.append([appendOf(freshStream(), 0, someEvents(1))]);
  });
  afterEach(() => store.close());
  afterAll(async () => {
    await proxy.close();
    await direct.close();
  });

  it.each([
    ['without companions', []],
    ['with companions', [{ text: 'create table slot (name text)', values: [] }]],
  ])(
    'between commit and answer leaves an append that can be repeated with the same ids, %s',
    async (_what, companions) => {
      const append = appendOf(job, 0, someEvents(2));
      let lost = 0;
      // With companions the first answer lost is that of the insert, the second that of the commit.
      for (let attempt = 1; ; attempt++) {
        if (attempt <= 2) proxy.loseNextAnswer();
        const outcome = await store.append([append], companions).catch((error: unknown) => error);
        if (outcome instanceof StoreUnavailable) {
          lost++;
          continue;
        }
        expect(outcome).toMatchObject({ events: [{ streamVersion: 1 }, { streamVersion: 2 }] });
        break;
      }
      expect(lost).toBeGreaterThanOrEqual(1);
      expect(await direct.store.readStream(job)).toHaveLength(2);
    },
  );

  it('had committed: the repetition says so', async () => {
    const append = appendOf(job, 0, someEvents(1));
    proxy.loseNextAnswer();
    await expect(store.append([append])).rejects.toBeInstanceOf(StoreUnavailable);
    await soon(async () => expect(await direct.store.readStream(job)).toHaveLength(1));
    expect(await store.append([append])).toMatchObject({ repeated: true });
  });

  it('fails every append of its batch alike, and none is written twice when all are repeated', async () => {
    const appends = Array.from({ length: 30 }, () => appendOf(freshStream(), 0, someEvents(1)));
    proxy.loseNextAnswer();
    const first = await Promise.allSettled(appends.map((append) => store.append([append])));
    expect(first.some(({ status }) => status === 'rejected')).toBe(true);
    for (const outcome of first)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(StoreUnavailable);
    await Promise.all(appends.map((append) => store.append([append])));
    for (const { streamId } of appends) expect(await direct.store.readStream(streamId)).toHaveLength(1);
  });

  it('while idle is not noticed by the next append', async () => {
    await store.append([appendOf(job, 0, someEvents(1))]);
    proxy.cutAll();
    await soon(async () =>
      expect(await store.append([appendOf(freshStream(), 0, someEvents(1))])).toMatchObject({ repeated: false }),
    );
  });

  it('because its backend was terminated fails that append only', async () => {
    const holder = new Sessions(direct.url);
    const blocker = await holder.begin();
    await direct.store.appendWithin(blocker, [appendOf(job, 0, someEvents(1))]);
    const append = store.append([appendOf(job, 0, someEvents(1))]).catch((error: unknown) => error);
    const admin = await holder.open();
    await soon(async () => {
      const killed = await admin.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'transactionid' and datname = current_database()",
      );
      expect(killed.rowCount).toBe(1);
    });
    expect(await append).toBeInstanceOf(StoreUnavailable);
    await holder.close();
    expect(await store.append([appendOf(job, 0, someEvents(1))])).toMatchObject({ repeated: false });
  });
});

describe('PostgreSQL', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  let directory: Awaited<ReturnType<typeof tempDirectory>>;

  beforeAll(async () => {
    directory = await tempDirectory();
    server = await startPostgres({ dataDir: directory.path });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await directory.remove();
  });

  it('may be killed and come back: the store reconnects, and nothing acknowledged is lost', async () => {
    const lost: Error[] = [];
    const store = await openStore(server.url, {
      onConnectionLost: (error) => lost.push(error),
    });
    try {
      const acknowledged: string[] = [];
      let writing = true;
      const writers = Array.from({ length: 8 }, async () => {
        while (writing) {
          const append = appendOf(freshStream(), 0, someEvents(1));
          try {
            await store.append([append]);
            acknowledged.push(append.streamId);
          } catch (error) {
            expect(error).toBeInstanceOf(StoreUnavailable);
            // A client backs off; it also lets the event loop see the server come back.
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        }
      });
      await soon(() => expect(acknowledged.length).toBeGreaterThan(50));
      await server.kill();
      await expect(store.readStream('any')).rejects.toBeInstanceOf(StoreUnavailable);
      await server.restart();
      const before = acknowledged.length;
      await soon(() => expect(acknowledged.length).toBeGreaterThan(before + 50));
      writing = false;
      await Promise.all(writers);
      const streams = await store.readStreams(acknowledged);
      expect([...streams.values()].filter((events) => events.length !== 1)).toEqual([]);
      await store.number();
      expect(await store.verifyNumbering()).toEqual([]);
    } finally {
      await store.close();
    }
  }, 60_000);

  it('is refused when it would lose commits', async () => {
    const sessions = new Sessions(server.url);
    const admin = await sessions.open();
    await admin.query('alter role current_user set synchronous_commit = off');
    await expect(openStore(server.url)).rejects.toThrow('synchronous_commit is off');
    await admin.query('alter role current_user reset synchronous_commit');
    await sessions.close();
  });

  it('that is not there is StoreUnavailable', async () => {
    const nowhere = new URL(server.url);
    nowhere.port = '1';
    await expect(openStore(nowhere.href)).rejects.toBeInstanceOf(StoreUnavailable);
  });
});
