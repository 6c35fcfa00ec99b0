import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { WrongExpectedVersion } from '@necrocode/event-store';
import { appendOf, freshStream, someEvents } from '@necrocode/event-store/contract';
import type pg from 'pg';
import { openTestStore, type TestStore } from '../spec/open-test-store.js';
import { Sessions } from '../spec/sessions.js';

// Real servers on a machine that may be busy.
jest.setTimeout(60_000);

let test: TestStore;
let sessions: Sessions;
let session: pg.Client;
let nudges: number;

let job: string;

beforeAll(async () => {
  test = await openTestStore({ onAppended: () => nudges++ });
  sessions = new Sessions(test.url);
  session = await sessions.open();
  await session.query('create table slot (name text primary key, holder text)');
});
beforeEach(async () => {
  nudges = 0;
  job = freshStream();
  await session.query('delete from slot');
});
afterAll(async () => {
  await sessions.close();
  await test.close();
});

const hold = (name: string, holder: string) => ({ text: 'insert into slot values ($1, $2)', values: [name, holder] });
const slots = async (): Promise<unknown[]> =>
  (await session.query<{ name: string; holder: string }>('select * from slot order by name')).rows;

describe('companion statements', () => {
  it('commit together with the events', async () => {
    await test.store.append([appendOf(job, 0, someEvents(1))], [hold('gpu-0', 'job'), hold('gpu-1', 'job')]);
    expect(await slots()).toHaveLength(2);
    expect(await test.store.readStream(job)).toHaveLength(1);
    expect(nudges).toBe(1);
  });

  it('do not happen when the stream has moved', async () => {
    await test.store.append([appendOf(job, 0, someEvents(1))]);
    const append = test.store.append([appendOf(job, 0, someEvents(1))], [hold('gpu-0', 'job')]);
    await expect(append).rejects.toBeInstanceOf(WrongExpectedVersion);
    expect(await slots()).toEqual([]);
  });

  it('do not happen when the stream has not come so far', async () => {
    const append = test.store.append([appendOf(job, 3, someEvents(1))], [hold('gpu-0', 'job')]);
    await expect(append).rejects.toBeInstanceOf(WrongExpectedVersion);
    expect(await slots()).toEqual([]);
  });

  it('do not happen again when the append is a repetition', async () => {
    const append = appendOf(job, 0, someEvents(1));
    const count = {
      text: "insert into slot values ('n', '1') on conflict (name) do update set holder = '2'",
      values: [],
    };
    await test.store.append([append], [count]);
    expect(await test.store.append([append], [count])).toMatchObject({ repeated: true });
    expect(await slots()).toEqual([{ name: 'n', holder: '1' }]);
  });

  it('take the events back with them when one fails, and pass on its error as it is', async () => {
    await session.query("insert into slot values ('gpu-0', 'another')");
    const append = test.store.append([appendOf(job, 0, someEvents(1))], [hold('gpu-1', 'job'), hold('gpu-0', 'job')]);
    await expect(append).rejects.toMatchObject({ code: '23505', table: 'slot' });
    expect(await test.store.readStream(job)).toEqual([]);
    expect(await slots()).toHaveLength(1);
    expect(nudges).toBe(0);
  });

  it('run once when the first try finds that the remembered head is not what is stored', async () => {
    await test.store.append([appendOf(job, 0, someEvents(1))]);
    await session.query('alter table event_store.events disable trigger user');
    await session.query("update event_store.events set hash = sha256('another') where stream_id = $1", [job]);
    await session.query('alter table event_store.events enable trigger user');
    await test.store.append([appendOf(job, 1, someEvents(1))], [hold('gpu-0', 'job')]);
    expect(await test.store.readStream(job)).toHaveLength(2);
    expect(await slots()).toHaveLength(1);
  });

  it('fail alone when they are committed with others, which succeed', async () => {
    await session.query("insert into slot values ('taken', 'another')");
    const appends = Array.from({ length: 12 }, (_, n) =>
      test.store.append(
        [appendOf(freshStream(), 0, someEvents(1))],
        n === 5 ? [hold('taken', 'me')] : n % 2 ? [hold(`slot-${n}`, 'me')] : [],
      ),
    );
    const outcomes = await Promise.allSettled(appends);
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map((_, n) => (n === 5 ? 'rejected' : 'fulfilled')));
    expect(await slots()).toHaveLength(6);
  });

  it('leave the connection usable after a failure', async () => {
    for (let n = 0; n < 20; n++)
      await expect(
        test.store.append([appendOf(freshStream(), 0, someEvents(1))], [{ text: 'select 1 / 0', values: [] }]),
      ).rejects.toMatchObject({ code: '22012' });
    await test.store.append([appendOf(job, 0, someEvents(1))], [hold('gpu-0', 'job')]);
    expect(await slots()).toHaveLength(1);
  });
});
