import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { anEvent, appendOf, freshStream, someEvents } from '@necrocode/event-store/contract';
import { openTestStore, type TestStore } from '../spec/open-test-store.js';
import { Sessions } from '../spec/sessions.js';
import { soon } from '../spec/soon.js';

// Real servers on a machine that may be busy.
jest.setTimeout(60_000);

let test: TestStore;
let sessions: Sessions;

beforeEach(async () => {
  test = await openTestStore();
  sessions = new Sessions(test.url);
});
afterEach(async () => {
  await sessions.close();
  await test.close();
});

/** [stream, version] in the order of positions; fails when positions are not 1, 2, 3 … */
async function numbered(): Promise<(readonly [string, number])[]> {
  const read = await test.store.readAll(0n, 10_000);
  expect(read.map(({ position }) => position)).toEqual(read.map((_, index) => BigInt(index + 1)));
  return read.map(({ streamId, streamVersion }) => [streamId, streamVersion] as const);
}

describe('numbering', () => {
  it('skips no event that commits after later ones were numbered', async () => {
    const early = await sessions.begin();
    await test.store.appendWithin(early, [appendOf('early', 0, someEvents(2))]);
    await test.store.append([appendOf('late', 0, someEvents(1))]);
    expect(await test.store.number()).toBe(1n);
    expect(await numbered()).toEqual([['late', 1]]);

    await early.query('commit');
    expect(await test.store.number()).toBe(3n);
    expect(await numbered()).toEqual([
      ['late', 1],
      ['early', 1],
      ['early', 2],
    ]);
  });

  it('is not held up by an open transaction, whatever it writes', async () => {
    const open = await sessions.begin();
    await open.query('create table elsewhere (id int)');
    await test.store.append([appendOf('quick', 0, someEvents(1))]);
    expect(await test.store.number()).toBe(1n);
  });

  it('keeps the versions of a stream in order when an older transaction appends the later one', async () => {
    const oldest = await sessions.begin();
    const bystander = await sessions.begin();
    const youngest = await sessions.begin();
    await test.store.appendWithin(youngest, [appendOf('job', 0, someEvents(1))]);
    await youngest.query('commit');
    await test.store.appendWithin(oldest, [appendOf('job', 1, someEvents(1))]);
    await oldest.query('commit');
    // The trap is set: the bystander keeps version 1 above the horizon, version 2 is below it, once no older transaction of
    // another spec on this server is open.
    await soon(async () => {
      const { rows } = await bystander.query(
        'select stream_version, transaction_id::text::bigint < pg_snapshot_xmin(pg_current_snapshot())::text::bigint as below from event_store.events order by stream_version',
      );
      expect(rows).toEqual([
        { stream_version: 1, below: false },
        { stream_version: 2, below: true },
      ]);
    });
    expect(await test.store.number()).toBe(2n);
    expect(await numbered()).toEqual([
      ['job', 1],
      ['job', 2],
    ]);
  });

  it('keeps that order also when it runs between the two commits', async () => {
    const oldest = await sessions.begin();
    const youngest = await sessions.begin();
    await test.store.appendWithin(youngest, [appendOf('job', 0, someEvents(1))]);
    await youngest.query('commit');
    await test.store.appendWithin(oldest, [appendOf('job', 1, someEvents(1))]);
    expect(await test.store.number()).toBe(1n);
    await oldest.query('commit');
    expect(await test.store.number()).toBe(2n);
    expect((await numbered()).map(([, version]) => version)).toEqual([1, 2]);
  });

  it('leaves no gap for a writer that rolled back or was killed in its transaction', async () => {
    const undone = await sessions.begin();
    await test.store.appendWithin(undone, [appendOf('undone', 0, someEvents(1))]);
    const killed = await sessions.begin();
    await test.store.appendWithin(killed, [appendOf('killed', 0, someEvents(1))]);
    const { rows } = await killed.query<{ pid: number }>('select pg_backend_pid() as pid');
    await undone.query('rollback');
    const admin = await sessions.open();
    await admin.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    await soon(async () => {
      const sessionsOfPid = await admin.query('select from pg_stat_activity where pid = $1', [rows[0]?.pid]);
      expect(sessionsOfPid.rowCount).toBe(0);
    });
    await test.store.append([appendOf('killed', 0, someEvents(1))]);
    expect(await test.store.number()).toBe(1n);
    expect(await numbered()).toEqual([['killed', 1]]);
  });

  it('gives each event one position when many number at once while others append', async () => {
    const streams = Array.from({ length: 6 }, () => freshStream());
    let appending = true;
    const numberers = Array.from({ length: 3 }, async () => {
      while (appending) await test.store.number();
    });
    await Promise.all(
      streams.map(async (streamId, n) => {
        for (let version = 0; version < 30; version++) {
          if (n % 2 === 0) await test.store.append([appendOf(streamId, version, someEvents(1))]);
          else {
            const writer = await sessions.begin();
            await test.store.appendWithin(writer, [appendOf(streamId, version, someEvents(1))]);
            await writer.query('commit');
            await writer.end();
          }
        }
      }),
    );
    appending = false;
    await Promise.all(numberers);
    expect(await test.store.number()).toBe(180n);
    const order = await numbered();
    for (const streamId of streams)
      expect(order.filter(([stream]) => stream === streamId).map(([, version]) => version)).toEqual(
        Array.from({ length: 30 }, (_, index) => index + 1),
      );
    expect(await test.store.verifyNumbering()).toEqual([]);
  });

  it('numbers the effect behind its cause, across streams', async () => {
    for (let round = 0; round < 20; round++) {
      const numbering = test.store.number();
      await test.store.append([appendOf(`cause-${round}`, 0, [anEvent()])]);
      await test.store.append([appendOf(`effect-${round}`, 0, [anEvent()])]);
      await numbering;
    }
    await test.store.number();
    const order = (await numbered()).map(([streamId]) => streamId);
    for (let round = 0; round < 20; round++)
      expect(order.indexOf(`cause-${round}`)).toBeLessThan(order.indexOf(`effect-${round}`));
  });

  it('writes nothing when there is nothing to number', async () => {
    await test.store.append([appendOf('job', 0, someEvents(1))]);
    await test.store.number();
    const admin = await sessions.open();
    const version = async (): Promise<unknown> =>
      (await admin.query('select xmin::text, ctid::text from event_store.numbering')).rows[0];
    const before = await version();
    await test.store.number();
    expect(await version()).toEqual(before);
  });
});
