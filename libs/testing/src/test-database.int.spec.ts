import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from './test-database.js';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.flatMap((row) => Object.values(row));
  } finally {
    await client.end();
  }
}

const dropAll = (databases: readonly TestDatabase[]): Promise<unknown> =>
  Promise.all(databases.map(({ drop }) => drop()));

describe('a test database', () => {
  it('is empty and nobody else’s', async () => {
    const databases = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await query(databases[0].url, 'CREATE TABLE mine ()');
    expect(await query(databases[1].url, "SELECT to_regclass('mine')")).toEqual([null]);
    await dropAll(databases);
  });

  it('is a copy of its template, which is migrated once however many ask at the same time', async () => {
    let migrations = 0;
    const template = {
      key: randomUUID(),
      migrate: async (url: string) => {
        migrations += 1;
        await query(url, 'CREATE TABLE numbers AS SELECT 42 AS n');
      },
    };
    const databases = await Promise.all(Array.from({ length: 4 }, () => createTestDatabase({ template })));
    for (const { url } of databases) expect(await query(url, 'SELECT n FROM numbers')).toEqual([42]);
    expect(migrations).toBe(1);
    await dropAll(databases);
  });

  it('is not made from a template whose migration failed half-way', async () => {
    const key = randomUUID();
    const failing = async (url: string): Promise<void> => {
      await query(url, 'CREATE TABLE half ()');
      throw new Error('broken migration');
    };
    await expect(createTestDatabase({ template: { key, migrate: failing } })).rejects.toThrow('broken migration');

    const mended = async (url: string): Promise<void> => {
      await query(url, 'CREATE TABLE whole ()');
    };
    const database = await createTestDatabase({ template: { key, migrate: mended } });
    expect(
      await query(database.url, "SELECT to_regclass('half')::text AS half, to_regclass('whole')::text AS whole"),
    ).toEqual([null, 'whole']);
    await database.drop();
  });

  it('goes although a session is still open on it, and may be dropped twice', async () => {
    const database = await createTestDatabase();
    const client = new pg.Client({ connectionString: database.url });
    const ended = new Promise((settle) => client.on('error', settle));
    await client.connect();
    await database.drop();
    await ended;
    await client.end();
    await database.drop();
    await expect(query(database.url, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
  });
});
