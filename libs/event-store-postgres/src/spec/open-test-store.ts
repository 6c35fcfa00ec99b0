import { createTestDatabase } from '@necrocode/testing';
import { migrateEventStore } from '../migrations/migrate.js';
import { PostgresEventStore, type PostgresEventStoreOptions } from '../postgres-event-store.js';

export interface TestStore {
  readonly url: string;
  readonly store: PostgresEventStore;
  close(): Promise<void>;
}

/** A store on a database of its own. */
export async function openTestStore(options: Partial<PostgresEventStoreOptions> = {}): Promise<TestStore> {
  const database = await createTestDatabase({ template: { key: 'event-store', migrate: migrateEventStore } });
  const store = await PostgresEventStore.open({ connectionString: database.url, ...options });
  return {
    url: database.url,
    store,
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
}
