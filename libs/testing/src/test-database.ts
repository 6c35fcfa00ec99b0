import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { testDatabaseUrl } from './test-servers.js';

export interface TestDatabase {
  readonly url: string;
  /** Ends every session on it and removes it. Repeatable. */
  drop(): Promise<void>;
}

/** What a fresh database starts with. */
export interface DatabaseTemplate {
  /** Names the template within a test run, such as `event-store`; the same key must mean the same migrations. */
  readonly key: string;
  /** Migrates an empty database; called once per run, and must have closed its connections when it settles. */
  readonly migrate: (url: string) => Promise<void>;
}

/** A database of this spec's own on the run's PostgreSQL: empty, or a copy of the template (some 30 ms, whatever it holds). */
export async function createTestDatabase({ template }: { template?: DatabaseTemplate } = {}): Promise<TestDatabase> {
  const name = `spec_${randomBytes(8).toString('hex')}`;
  await asAdministrator(async (admin) => {
    const source = template ? await ensureTemplate(admin, template) : 'template0';
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${source}`);
  });
  return {
    url: urlOf(name),
    drop: () => asAdministrator((admin) => drop(admin, name)),
  };
}

/** First without force: a pool that has ended may still be saying goodbye (brianc/node-postgres#2328), and PostgreSQL waits for that. */
async function drop(admin: pg.Client, name: string): Promise<void> {
  try {
    await admin.query(`DROP DATABASE IF EXISTS ${name}`);
  } catch (error) {
    if (!isInUse(error)) throw error;
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '55006';
}

/** The advisory lock lets one spec file migrate while the others wait; the mark `datistemplate` is set only when all of it is there. */
async function ensureTemplate(admin: pg.Client, { key, migrate }: DatabaseTemplate): Promise<string> {
  const name = `template_${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
  await admin.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name]);
  try {
    const finished = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate', [name]);
    if (finished.rowCount === 0) {
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
      await migrate(urlOf(name));
      await admin.query(`ALTER DATABASE ${name} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`);
    }
    return name;
  } finally {
    await admin.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]);
  }
}

async function asAdministrator<T>(work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: testDatabaseUrl() });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(testDatabaseUrl());
  url.pathname = `/${database}`;
  return url.href;
}
