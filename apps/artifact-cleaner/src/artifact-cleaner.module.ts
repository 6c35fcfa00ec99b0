import type { EventStore } from '@necrocode/event-store';
import { consumeEvents, type EventConsumer, type MessagingConnection } from '@necrocode/messaging';
import {
  CONFIG,
  consumerLog,
  DATABASE,
  Driver,
  DriveQueue,
  EVENT_STORE,
  type Logger,
  LOGGER,
  MESSAGING,
  postgresCheckpoint,
} from '@necrocode/service-kit';
import { type BeforeApplicationShutdown, Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { ArtifactCleanerConfig } from './artifact-cleaner.config.js';
import { AskRunner } from './carry-out/ask-runner.js';
import { CarryOut } from './carry-out/carry-out.js';
import { Cleanups } from './carry-out/cleanups.js';
import { CleanController } from './clean/clean.controller.js';
import { Clean } from './clean/clean.js';
import { ReactToEvents } from './react/react-to-events.js';
import { DRIVE_TABLE, SCHEMA } from './schema.js';

/** A cleanup is tried again when its first attempt has not been recorded after so long, ms: beyond a runner's answer. */
const MARGIN_MS = 1_000;

/** The map of the service: events and one command start cleanups, runners carry them out, a timer tries again. */
@Module({
  controllers: [CleanController],
  providers: [
    {
      provide: DriveQueue,
      useFactory: (database: DataSource) => new DriveQueue(database, SCHEMA, DRIVE_TABLE),
      inject: [DATABASE],
    },
    {
      provide: Cleanups,
      useFactory: (store: EventStore, drives: DriveQueue) => new Cleanups(store, drives, MARGIN_MS),
      inject: [EVENT_STORE, DriveQueue],
    },
    {
      provide: CarryOut,
      useFactory: (
        cleanups: Cleanups,
        connection: MessagingConnection,
        config: ArtifactCleanerConfig,
        logger: Logger,
      ) => new CarryOut(cleanups, new AskRunner(connection, config.RUNNER_ANSWER_MS), logger),
      inject: [Cleanups, MESSAGING, CONFIG, LOGGER],
    },
    {
      provide: Clean,
      useFactory: (store: EventStore, cleanups: Cleanups, carryOut: CarryOut) => new Clean(store, cleanups, carryOut),
      inject: [EVENT_STORE, Cleanups, CarryOut],
    },
    {
      provide: ReactToEvents,
      useFactory: (store: EventStore, cleanups: Cleanups, carryOut: CarryOut) =>
        new ReactToEvents(store, cleanups, carryOut),
      inject: [EVENT_STORE, Cleanups, CarryOut],
    },
  ],
})
export class ArtifactCleanerModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private consumer: EventConsumer | undefined;
  private readonly driver: Driver;

  constructor(
    @Inject(CONFIG) config: ArtifactCleanerConfig,
    @Inject(DATABASE) private readonly database: DataSource,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(MESSAGING) private readonly connection: MessagingConnection,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(DriveQueue) queue: DriveQueue,
    @Inject(CarryOut) carryOut: CarryOut,
    @Inject(ReactToEvents) private readonly reactions: ReactToEvents,
  ) {
    this.driver = new Driver({
      queue,
      logger,
      drive: (cleanupId) => carryOut.drive(cleanupId),
      backoff: { firstMs: config.RETRY_FIRST_MS, longestMs: config.RETRY_LONGEST_MS },
    });
  }

  onApplicationBootstrap(): void {
    const durable = 'artifact-cleaner-reactions';
    this.consumer = consumeEvents({
      connection: this.connection,
      durable,
      store: this.store,
      checkpoint: postgresCheckpoint(this.database, SCHEMA, durable),
      handle: ({ event }) => this.reactions.handle(event),
      observe: consumerLog(this.logger, durable),
    });
    this.driver.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.consumer?.stop(), this.driver.stop()]);
  }
}
