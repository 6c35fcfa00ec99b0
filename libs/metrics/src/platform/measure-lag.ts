import type { Metrics } from '../define/metrics.js';

/** What a reader of the store has not read yet. */
export interface Backlog {
  readonly events: number;
  /** Age of the oldest of them, seconds; 0 when there is none. */
  readonly oldestSeconds: number;
}

export interface StoreNow {
  readonly relayBacklog: Backlog;
  /** Since the oldest open transaction of this database began, seconds. */
  readonly oldestTransactionSeconds: number;
}

/** Every service measures the relay, which any of them may be: one that is lost leaves four that see the lag grow. */
export function measureStore(metrics: Metrics, look: () => Promise<StoreNow>): void {
  const events = metrics.gauge({
    name: 'necrocode_relay_lag_events',
    help: 'Events committed and not yet published to JetStream',
  });
  const seconds = metrics.gauge({
    name: 'necrocode_relay_lag_seconds',
    help: 'Age of the oldest of them; 0 when there is none',
  });
  const transaction = metrics.gauge({
    name: 'necrocode_database_oldest_transaction_seconds',
    help: 'Since the oldest open transaction of the database began',
  });
  metrics.measure([events, seconds, transaction], async () => {
    const { relayBacklog, oldestTransactionSeconds } = await look();
    events.set({}, relayBacklog.events);
    seconds.set({}, relayBacklog.oldestSeconds);
    transaction.set({}, oldestTransactionSeconds);
  });
}

/** @param consumers the durable consumers of the service, by name */
export function measureConsumers(
  metrics: Metrics,
  consumers: readonly string[],
  look: (consumer: string) => Promise<Backlog>,
): void {
  if (consumers.length === 0) return;
  const labels = { consumer: consumers };
  const events = metrics.gauge({
    name: 'necrocode_consumer_lag_events',
    help: 'Events committed and not yet handled by the consumer',
    labels,
  });
  const seconds = metrics.gauge({
    name: 'necrocode_consumer_lag_seconds',
    help: 'Age of the oldest of them; 0 when there is none',
    labels,
  });
  metrics.measure([events, seconds], async () => {
    await Promise.all(
      consumers.map(async (consumer) => {
        const backlog = await look(consumer);
        events.set({ consumer }, backlog.events);
        seconds.set({ consumer }, backlog.oldestSeconds);
      }),
    );
  });
}

export function measureProjection(metrics: Metrics, look: () => Promise<Backlog>): void {
  const events = metrics.gauge({
    name: 'necrocode_projection_lag_events',
    help: 'Events committed and not yet in the read model that lists are made from',
  });
  const seconds = metrics.gauge({
    name: 'necrocode_projection_lag_seconds',
    help: 'Age of the oldest of them; 0 when there is none',
  });
  metrics.measure([events, seconds], async () => {
    const backlog = await look();
    events.set({}, backlog.events);
    seconds.set({}, backlog.oldestSeconds);
  });
}
