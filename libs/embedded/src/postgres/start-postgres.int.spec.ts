import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tempDirectory, type TempDirectory } from '@necrocode/testing';
import pg from 'pg';
import type { EmbeddedServer } from '../server/run-server.js';
import { startPostgres } from './start-postgres.js';

let directory: TempDirectory;
let server: EmbeddedServer;

// One cluster for the whole file: making one takes most of a second.
beforeAll(async () => {
  directory = await tempDirectory();
  server = await startPostgres({ dataDir: join(directory.path, 'postgres') });
});
afterAll(async () => {
  await server.stop();
  await directory.remove();
});

async function query(sql: string, url = server.url): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // The server is killed under it in some of these specs.
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.flatMap((row) => Object.values(row));
  } finally {
    await client.end();
  }
}

describe('the embedded PostgreSQL', () => {
  it('is PostgreSQL 18 with the database that was asked for, in UTF-8 and sorted by code point', async () => {
    expect(await query('SHOW server_version')).toEqual([expect.stringMatching(/^18\./)]);
    expect(await query('SELECT current_database()')).toEqual(['necrocode']);
    expect(await query("SELECT x FROM unnest(ARRAY['b','ä','a','Z']) x ORDER BY x")).toEqual(['Z', 'a', 'b', 'ä']);
  });

  it('syncs what it commits and sums its pages', async () => {
    expect(await query('SHOW fsync')).toEqual(['on']);
    expect(await query('SHOW data_checksums')).toEqual(['on']);
  });

  it('asks for the password, which only its owner can read', async () => {
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(query('SELECT 1', wrong.href)).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(join(directory.path, 'postgres', 'password'))).mode & 0o777).toBe(0o600);
  });

  it('never runs as root, and leaves only its own directory to the account it runs under', async () => {
    const owner = (await stat(join(directory.path, 'postgres', 'cluster'))).uid;
    expect(owner).not.toBe(0);
    expect((await stat(`/proc/${server.pid}`)).uid).toBe(owner);
    expect((await stat(join(directory.path, 'postgres'))).uid).toBe(process.getuid?.());
  });

  it('keeps a failed statement and its values out of the log', async () => {
    await query('CREATE TABLE sealed (name text PRIMARY KEY)');
    await query("INSERT INTO sealed VALUES ('top-secret')");
    await expect(query("INSERT INTO sealed VALUES ('top-secret')")).rejects.toMatchObject({ code: '23505' });
    expect(await readFile(server.logFile, 'utf8')).not.toContain('top-secret');
  });

  it('has everything it committed after being killed and started again', async () => {
    await query('CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n');
    await server.kill();
    await server.restart();
    expect(await query('SELECT count(*)::int FROM kept')).toEqual([1000]);
  });

  it('is refused a second time on the same directory', async () => {
    await expect(startPostgres({ dataDir: join(directory.path, 'postgres') })).rejects.toMatchObject({
      code: 'already-running',
      hint: 'Stop that one first, or use another data directory.',
    });
  });

  it('keeps data and password from one start to the next, half-made clusters aside', async () => {
    await server.stop();
    await mkdir(join(directory.path, 'postgres', 'cluster.partial'), { recursive: true });
    server = await startPostgres({ dataDir: join(directory.path, 'postgres') });
    expect(await query('SELECT count(*)::int FROM kept')).toEqual([1000]);
  });

  it('refuses a port that is taken', async () => {
    const dataDir = join(directory.path, 'second');
    await expect(startPostgres({ dataDir, port: server.port })).rejects.toMatchObject({
      code: 'port-taken',
      message: `Port ${server.port}, meant for PostgreSQL, is used by another program.`,
    });
  });

  it('refuses data of another version', async () => {
    await mkdir(join(directory.path, 'old', 'cluster'), { recursive: true });
    await writeFile(join(directory.path, 'old', 'cluster', 'PG_VERSION'), '15\n');
    await expect(startPostgres({ dataDir: join(directory.path, 'old') })).rejects.toMatchObject({
      code: 'data-of-another-version',
      message: expect.stringContaining('holds data of PostgreSQL 15; this is PostgreSQL 18.'),
    });
  });

  it('runs in a directory that only its owner may enter', async () => {
    const closed = join(directory.path, 'closed');
    await mkdir(closed, { mode: 0o700 });
    await chmod(closed, 0o700);
    const inside = await startPostgres({ dataDir: join(closed, 'postgres') });
    try {
      expect(await query('SELECT 1', inside.url)).toEqual([1]);
    } finally {
      await inside.stop();
    }
  });

  it('refuses a directory it cannot write, in one sentence', async () => {
    await writeFile(join(directory.path, 'file'), '');
    await expect(startPostgres({ dataDir: join(directory.path, 'file', 'postgres') })).rejects.toMatchObject({
      code: 'directory-not-writable',
      message: expect.stringMatching(/^The data directory .* cannot be written \(ENOTDIR\)\.$/),
    });
    await rm(join(directory.path, 'file'));
  });
});
