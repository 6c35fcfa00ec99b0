import type { PostgresEventStore } from '@necrocode/event-store-postgres';
import type { TransactionalStore } from '../assign-task/assign-tasks.js';

/** Methods of a class live on its prototype, which a spread leaves out. */
export function portOf(store: PostgresEventStore): TransactionalStore {
  return {
    append: (streams, companions) => store.append(streams, companions),
    appendWithin: (transaction, streams) => store.appendWithin(transaction, streams),
    readStream: (streamId, fromVersion) => store.readStream(streamId, fromVersion),
    readStreams: (streamIds, fromVersions) => store.readStreams(streamIds, fromVersions),
    readAll: (after, limit) => store.readAll(after, limit),
    lastPosition: () => store.lastPosition(),
  };
}
