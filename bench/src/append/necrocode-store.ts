import { type NewEvent, uuidV7 } from '@necrocode/event-store';
import { PostgresEventStore } from '@necrocode/event-store-postgres';
import type { BenchEvent, BenchStore } from './store.js';

const toNewEvent = (event: BenchEvent): NewEvent => ({ id: uuidV7(), schemaVersion: 1, ...event });

export async function necrocodeStore(connectionString: string): Promise<BenchStore> {
  const store = await PostgresEventStore.open({ connectionString, maxConnections: 10 });
  return {
    name: 'necrocode',
    append: async (streamId, expectedVersion, events) => {
      await store.append([{ streamId, expectedVersion, events: events.map(toNewEvent) }]);
    },
    readStream: async (streamId) => (await store.readStream(streamId)).length,
    readAll: async (page) => {
      await store.number();
      let read = 0;
      for (let after = 0n; ;) {
        const events = await store.readAll(after, page);
        read += events.length;
        const last = events.at(-1);
        if (!last || events.length < page) return read;
        after = last.position;
      }
    },
    close: () => store.close(),
  };
}
