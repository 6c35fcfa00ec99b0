import { subjects } from '@necrocode/contracts';
import { StoreUnavailable } from '@necrocode/event-store';
import { PostgresEventStore, type PostgresEventStoreOptions } from '@necrocode/event-store-postgres';
import { Metrics } from '@necrocode/metrics';
import {
  connectMessaging,
  jetStreamSink,
  keepStreams,
  type MessagingConnection,
  provisionAll,
} from '@necrocode/messaging';
import { CommandClient } from '../command/command-client.js';
import type { ServiceConfig } from '../config/load-config.js';
import { type DatabaseOptions, openDatabase } from '../database/open-database.js';
import { checkEvent } from '../events/check-event.js';
import { openFaultPoints } from '../fault-points/fault-points.js';
import { holdAppends } from '../fault-points/hold-appends.js';
import type { HealthCheck } from '../health/health-server.js';
import type { Logger } from '../logging/logger.js';
import { tellLosses } from '../logging/tell-losses.js';
import { measurePlatform } from '../metrics/measure-platform.js';
import { openTracing } from '../tracing/open-tracing.js';
import type { Observe, Platform } from './platform.module.js';

export interface OpenPlatform<Config> {
  readonly platform: Platform<Config>;
  readonly checks: readonly HealthCheck[];
  /** In order: the relay, NATS, the event store, the service's own tables. Stop what uses them first. */
  close(): Promise<void>;
}

/** What is measured and heard of a service beyond what all have. */
export interface Watch<Config> {
  /** The durable consumers of the service, by the names of their checkpoints. */
  readonly consumers?: readonly string[];
  readonly observe?: Observe<Config>;
}

/** How long a service that starts waits for PostgreSQL before it gives up and lets its supervisor start it again. */
const FIRST_CONNECT_MS = 30_000;
const BETWEEN_ATTEMPTS_MS = 250;

/** Opens everything a service stands on. Each service process is a candidate for the relay: one of them is elected. */
export async function openPlatform<Config extends ServiceConfig>(
  name: string,
  config: Config,
  logger: Logger,
  database: Omit<DatabaseOptions, 'url'>,
  { consumers = [], observe = () => undefined }: Watch<Config> = {},
): Promise<OpenPlatform<Config>> {
  const metrics = new Metrics();
  const tracing = await openTracing(name, process.env, logger);
  const observers: ReturnType<Observe<Config>>[] = [];
  const messaging = await connectMessaging({
    url: config.NATS_URL,
    name,
    topology: { replicas: config.NATS_REPLICAS },
    onState: (state) => logger.info({ state }, 'nats link'),
  });
  const store = await openStore(name, config, logger, {
    // Behind whatever the append's caller sends at once: a signal goes out before its event does.
    onAppended: () => setImmediate(nudge, messaging),
    onStored: (events) => observers.forEach((hear) => events.forEach((event) => hear?.(event))),
  });
  const tables = await openDatabase({ ...database, url: config.DATABASE_URL });
  await provisionAll(messaging, (error) => logger.warn({ err: error }, 'waiting for JetStream'));
  const losses = tellLosses(metrics, logger);
  const streams = keepStreams(messaging, { observe: losses.ofStreams });
  const relay = store.startRelay({
    sink: jetStreamSink(messaging, { store, observe: losses.ofEvents }),
    onNudge: (wake) => {
      const nudges = messaging.nats.subscribe(subjects.relayNudge, { callback: wake });
      return () => nudges.unsubscribe();
    },
    observe: (event) =>
      event.kind === 'failed' ? logger.warn({ err: event.error }, 'relay') : logger.debug({ relay: event }, 'relay'),
  });
  const points = openFaultPoints(name);
  if (points) logger.warn('fault points are on: a test may hold this process');
  measurePlatform({ metrics, store, messaging, relay, database: tables, schema: database.schema, consumers });
  const commands = new CommandClient(messaging);
  const platform = {
    config,
    logger,
    metrics,
    store: holdAppends(store, points),
    messaging,
    commands,
    database: tables,
    tracing,
  };
  observers.push(observe(platform));
  return {
    platform,
    checks: [
      { name: 'nats', check: () => messaging.link.state === 'connected' },
      { name: 'postgres', check: async () => (await tables.query('select 1'), true) },
    ],
    async close() {
      await streams.stop();
      await relay.stop();
      await messaging.close();
      await store.close();
      await tables.destroy();
      await tracing?.close();
    },
  };
}

async function openStore(
  name: string,
  config: ServiceConfig,
  logger: Logger,
  listeners: Pick<PostgresEventStoreOptions, 'onAppended' | 'onStored'>,
): Promise<PostgresEventStore> {
  const giveUpAt = Date.now() + FIRST_CONNECT_MS;
  for (;;) {
    try {
      return await PostgresEventStore.open({
        connectionString: config.DATABASE_URL,
        applicationName: `necrocode ${name} events`,
        check: checkEvent,
        ...listeners,
      });
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || Date.now() > giveUpAt) throw error;
      logger.warn({ err: error }, 'waiting for PostgreSQL');
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_ATTEMPTS_MS));
    }
  }
}

/** Lossy on purpose: a relay that misses it polls. */
function nudge({ nats, link }: MessagingConnection): void {
  if (link.state === 'connected') nats.publish(subjects.relayNudge);
}
