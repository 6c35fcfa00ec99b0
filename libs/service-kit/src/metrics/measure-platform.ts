import { streamNames } from '@necrocode/contracts';
import type { PostgresEventStore, Relay } from '@necrocode/event-store-postgres';
import { type MessagingConnection, readTail } from '@necrocode/messaging';
import { measureConsumers, measureMessaging, measureStore, type Metrics } from '@necrocode/metrics';
import type { DataSource } from 'typeorm';
import { postgresCheckpoint } from '../database/postgres-checkpoint.js';

interface Measured {
  readonly metrics: Metrics;
  readonly store: Pick<PostgresEventStore, 'backlog' | 'lastPosition'>;
  readonly messaging: MessagingConnection;
  readonly relay: Pick<Relay, 'isElected'>;
  readonly database: DataSource;
  readonly schema: string;
  readonly consumers: readonly string[];
}

/** What every service measures of what it stands on. Lag is read from where each reader is stored: replicas agree on it. */
export function measurePlatform({ metrics, store, messaging, relay, database, schema, consumers }: Measured): void {
  const { manager, link } = messaging;
  measureStore(metrics, async () => {
    const { newest } = await readTail(manager);
    // An empty stream says nothing: it may have been wiped a moment ago, or everything in it may have grown too old.
    const backlog = await store.backlog(newest?.position ?? (await store.lastPosition()));
    return { relayBacklog: backlog, oldestTransactionSeconds: backlog.oldestTransactionSeconds };
  });
  measureConsumers(metrics, consumers, async (consumer) =>
    store.backlog(await postgresCheckpoint(database, schema, consumer).load()),
  );
  measureMessaging(metrics, () => ({
    isConnected: link.state === 'connected',
    isRelay: relay.isElected,
    deadLetters: async () => (await manager.streams.info(streamNames.deadLetters)).state.messages,
  }));
}
