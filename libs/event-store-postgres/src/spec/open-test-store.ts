import { createTestDatabase } from '@necrocode/testing';
import { migrateEventStore } from '../migrations/migrate.js';
import { PostgresEventStore, type PostgresEventStoreOptions } from '../postgres-event-store.js';

export interface TestStore {
  readonly url: string;
  readonly store: PostgresEventStore;
  close(): Promise<void>;
}

/** With the patience a busy machine needs. */
export function openStore(url: string, options: Partial<PostgresEventStoreOptions> = {}): Promise<PostgresEventStore> {
  return PostgresEventStore.open({ connectionString: url, connectTimeoutMs: 60_000, ...options });
}

/** A store on a database of its own. */
export async function openTestStore(options: Partial<PostgresEventStoreOptions> = {}): Promise<TestStore> {
  const database = await createTestDatabase({ template: { key: 'event-store', migrate: migrateEventStore } });
  const store = await openStore(database.url, options);
  return {
    url: database.url,
    store,
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
}
