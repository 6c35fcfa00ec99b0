import { type DynamicModule, Module } from '@nestjs/common';
import type { EventStore } from '@necrocode/event-store';
import type { MessagingConnection } from '@necrocode/messaging';
import type { DataSource } from 'typeorm';
import type { CommandClient } from '../command/command-client.js';
import type { Logger } from '../logging/logger.js';
import { COMMANDS, CONFIG, DATABASE, EVENT_STORE, LOGGER, MESSAGING } from './tokens.js';

/** What a service stands on, opened before its module is built and closed after it is gone. */
export interface Platform<Config> {
  readonly config: Config;
  readonly logger: Logger;
  readonly store: EventStore;
  readonly messaging: MessagingConnection;
  readonly commands: CommandClient;
  readonly database: DataSource;
}

/** Makes the platform injectable everywhere under the tokens. */
@Module({})
export class PlatformModule {
  static of<Config>({ config, logger, store, messaging, commands, database }: Platform<Config>): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: config },
      { provide: LOGGER, useValue: logger },
      { provide: EVENT_STORE, useValue: store },
      { provide: MESSAGING, useValue: messaging },
      { provide: COMMANDS, useValue: commands },
      { provide: DATABASE, useValue: database },
    ];
    return { module: PlatformModule, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}
