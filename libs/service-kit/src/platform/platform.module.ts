import { type DynamicModule, Module } from '@nestjs/common';
import type { EventStore, StoredEvent } from '@necrocode/event-store';
import type { PostgresEventStore } from '@necrocode/event-store-postgres';
import type { MessagingConnection } from '@necrocode/messaging';
import type { Metrics } from '@necrocode/metrics';
import type { DataSource } from 'typeorm';
import type { CommandClient } from '../command/command-client.js';
import type { Logger } from '../logging/logger.js';
import type { Tracing } from '../tracing/tracing.js';
import { COMMANDS, CONFIG, DATABASE, EVENT_STORE, LOGGER, MESSAGING, METRICS, TRACING } from './tokens.js';

/** What a service stands on, opened before its module is built and closed after it is gone. */
export interface Platform<Config> {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly store: EventStore & Pick<PostgresEventStore, 'backlog' | 'findTombstones'>;
  readonly messaging: MessagingConnection;
  readonly commands: CommandClient;
  readonly database: DataSource;
  /** null: no endpoint is set, so nothing is traced. */
  readonly tracing: Tracing | null;
}

/**
 * Declares a service's metrics and answers with what hears each event this process has stored, once: the place where events
 * are counted and logged. It must be quick and must not throw.
 */
export type Observe<Config> = (platform: Platform<Config>) => ((event: StoredEvent) => void) | undefined;

/** Makes the platform injectable everywhere under the tokens. */
@Module({})
export class PlatformModule {
  static of<Config>({
    config,
    logger,
    metrics,
    store,
    messaging,
    commands,
    database,
    tracing,
  }: Platform<Config>): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: config },
      { provide: LOGGER, useValue: logger },
      { provide: METRICS, useValue: metrics },
      { provide: EVENT_STORE, useValue: store },
      { provide: MESSAGING, useValue: messaging },
      { provide: COMMANDS, useValue: commands },
      { provide: DATABASE, useValue: database },
      { provide: TRACING, useValue: tracing },
    ];
    return { module: PlatformModule, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}
