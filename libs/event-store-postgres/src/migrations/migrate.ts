import { createHash } from 'node:crypto';
import pg from 'pg';
import { asStoreError } from '../database/database-errors.js';
import { events } from './0001-events.js';
import { numbering } from './0002-numbering.js';
import { relayLease } from './0003-relay-lease.js';
import { archives } from './0004-archives.js';
import { largeEvents } from './0005-large-events.js';

/** Forward only: never changed once released, only added to. */
const migrations: readonly (readonly [id: string, sql: string])[] = [
  ['0001-events', events],
  ['0002-numbering', numbering],
  ['0003-relay-lease', relayLease],
  ['0004-archives', archives],
  ['0005-large-events', largeEvents],
];

/** An arbitrary number of our own, the same in every process. */
const MIGRATION_LOCK = 5_180_339_887;

/**
 * Brings schema `event_store` up to date, in one transaction. Any number of processes may call it at once: they take turns.
 * @throws {StoreUnavailable} when the database cannot be reached
 * @throws {Error} when an applied migration is not the one of this release
 */
export async function migrateEventStore(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  // A connection lost between two queries also fails the next one.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await applyPending(client);
    await client.query('commit');
  } catch (error) {
    throw asStoreError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function applyPending(client: pg.Client): Promise<void> {
  await client.query(/* sql */ `
    create schema if not exists event_store;
    create table if not exists event_store.migrations (
      id text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`);
  const { rows } = await client.query<{ id: string; checksum: string }>(
    'select id, checksum from event_store.migrations',
  );
  const applied = new Map(rows.map(({ id, checksum }) => [id, checksum]));
  for (const [id, sql] of migrations) {
    const checksum = createHash('sha256').update(sql).digest('hex');
    const earlier = applied.get(id);
    if (earlier === checksum) continue;
    if (earlier !== undefined)
      throw new Error(
        `event store migration ${id} was changed after it had been applied: this release does not fit this database`,
      );
    await client.query(sql);
    await client.query('insert into event_store.migrations (id, checksum) values ($1, $2)', [id, checksum]);
  }
}
