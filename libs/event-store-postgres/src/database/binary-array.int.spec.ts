import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@necrocode/testing';
import pg from 'pg';
import { hexArray, intArray, textArray, uuidArray } from './binary-array.js';

// Real servers on a machine that may be busy.
jest.setTimeout(60_000);

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const read = async (type: string, array: Buffer): Promise<unknown> =>
  (await client.query<{ value: string[] }>(`select array(select unnest($1::${type}[])::text) as value`, [array]))
    .rows[0]?.value;

describe('binary arrays', () => {
  it('carry texts of any content', async () => {
    const texts = ['', 'plain', 'with "quotes", {braces}, \\backslash, NULL', 'ü€😀', 'x'.repeat(100_000)];
    expect(await read('text', textArray(texts))).toEqual(texts);
    expect(await read('json', textArray(['{"a":[1,2]}', 'null', '"\\u0000"'], 'json'))).toEqual([
      '{"a":[1,2]}',
      'null',
      '"\\u0000"',
    ]);
  });

  it('carry numbers, uuids and bytes, with nulls', async () => {
    expect(await read('int', intArray([0, -1, 2_147_483_647]))).toEqual(['0', '-1', '2147483647']);
    const uuids = ['0199c2f0-0000-7000-8000-000000000001', 'ffffffff-ffff-4fff-bfff-ffffffffffff'];
    expect(await read('uuid', uuidArray(uuids))).toEqual(uuids);
    expect(await read('bytea', hexArray(['00ff', null, '']))).toEqual(['\\x00ff', null, '\\x']);
  });

  it('may be empty', async () => {
    expect(await read('text', textArray([]))).toEqual([]);
    expect(await read('json', textArray([], 'json'))).toEqual([]);
    expect(await read('int', intArray([]))).toEqual([]);
    expect(await read('uuid', uuidArray([]))).toEqual([]);
    expect(await read('bytea', hexArray([]))).toEqual([]);
  });
});
