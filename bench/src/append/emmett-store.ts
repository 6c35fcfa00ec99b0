import { dumbo } from '@event-driven-io/dumbo';
import { getPostgreSQLEventStore, readMessagesBatch } from '@event-driven-io/emmett-postgresql';
import type { BenchStore } from './store.js';

/** emmett with its defaults: a pool of ten, its own schema. */
export async function emmettStore(connectionString: string): Promise<BenchStore> {
  const store = getPostgreSQLEventStore(connectionString);
  await store.schema.migrate();
  const reader = dumbo({ connectionString });
  return {
    name: 'emmett',
    append: async (streamId, expectedVersion, events) => {
      await store.appendToStream(
        streamId,
        events.map((event) => ({ ...event, data: { ...event.data }, metadata: { ...event.metadata } })),
        { expectedStreamVersion: expectedVersion === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(expectedVersion) },
      );
    },
    readStream: async (streamId) => (await store.readStream(streamId)).events.length,
    readAll: async (page) => {
      let read = 0;
      for (let after = 0n; ;) {
        const batch = await readMessagesBatch(reader.execute, { after, batchSize: page });
        read += batch.messages.length;
        if (!batch.areMessagesLeft || batch.messages.length === 0) return read;
        after = batch.currentGlobalPosition;
      }
    },
    close: async () => {
      await reader.close();
      await store.close();
    },
  };
}
