import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '@necrocode/event-store';
import { eventually } from '@necrocode/testing';
import pg from 'pg';
import { DispatcherStage } from '../spec/open-dispatcher.js';
import type { OwnTables } from './own-tables.js';

let stage: DispatcherStage;
let tables: OwnTables;

beforeEach(async () => {
  stage = await DispatcherStage.set();
  tables = (await stage.open()).dispatcher.tables;
});

afterEach(() => stage.strike());

const insert = `insert into dispatcher.task (task_id, job_id) values ('task', 'job')`;
const count = async () => (await tables.query<{ n: number }>('select count(*)::int as n from dispatcher.task'))[0]?.n;

describe('the own tables', () => {
  it('keep all of a transaction or nothing', async () => {
    const failing = tables.transaction(async (transaction) => {
      await transaction.query(insert, []);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await count()).toBe(0);
    await tables.transaction((transaction) => transaction.run([{ text: insert, values: [] }]));
    expect(await count()).toBe(1);
  });

  it("give the event store the driver's own errors inside a transaction", async () => {
    const twice = tables.transaction(async (transaction) => {
      await transaction.query(insert, []);
      await transaction.query(insert, []);
    });
    await expect(twice).rejects.toBeInstanceOf(pg.DatabaseError);
    await expect(twice).rejects.toMatchObject({ code: '23505' });
  });

  it('say that they are unavailable when the server ends the session, and work again with the next', async () => {
    const suicide = 'select pg_terminate_backend(pg_backend_pid())';
    await expect(tables.query(suicide)).rejects.toBeInstanceOf(StoreUnavailable);
    await eventually(async () => expect(await count()).toBe(0));
    const cut = tables.transaction((transaction) => transaction.query(suicide, []));
    await expect(cut).rejects.toBeInstanceOf(StoreUnavailable);
    await eventually(async () => expect(await count()).toBe(0));
  });
});
