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
import { AnswerCleanController } from './answer-clean/answer-clean.controller.js';
import { AnswerClean } from './answer-clean/answer-clean.js';
import type { ArtifactCleanerConfig } from './artifact-cleaner.config.js';
import { CleanupStreams } from './cleanups/cleanup-streams.js';
import { DriveCleanup } from './drive-cleanup/drive-cleanup.js';
import { RunnerControl } from './drive-cleanup/runner-control.js';
import { KnownFacts } from './order-cleanup/known-facts.js';
import { DRIVE_TABLE, SCHEMA } from './schema.js';
import { heardTypes, ReactToEvent } from './start-cleanup/react-to-event.js';
import { StartCleanup } from './start-cleanup/start-cleanup.js';

/** The service's one consumer. */
export const DURABLE = 'artifact-cleaner-reactions';

/** The map of the service: what ends comes in as events, a saga asks by command, and a timer drives what is not done. */
@Module({
  controllers: [AnswerCleanController],
  providers: [
    {
      provide: DriveQueue,
      useFactory: (database: DataSource) => new DriveQueue(database, SCHEMA, DRIVE_TABLE),
      inject: [DATABASE],
    },
    {
      provide: CleanupStreams,
      useFactory: (store: EventStore, drives: DriveQueue) => new CleanupStreams(store, drives),
      inject: [EVENT_STORE, DriveQueue],
    },
    { provide: KnownFacts, useFactory: (store: EventStore) => new KnownFacts(store), inject: [EVENT_STORE] },
    {
      provide: DriveCleanup,
      useFactory: (
        cleanups: CleanupStreams,
        facts: KnownFacts,
        connection: MessagingConnection,
        drives: DriveQueue,
        logger: Logger,
        { RUNNER_ANSWER_MS }: ArtifactCleanerConfig,
      ) => new DriveCleanup(cleanups, facts, new RunnerControl(connection, RUNNER_ANSWER_MS), drives, logger),
      inject: [CleanupStreams, KnownFacts, MESSAGING, DriveQueue, LOGGER, CONFIG],
    },
    {
      provide: StartCleanup,
      useFactory: (cleanups: CleanupStreams, driveCleanup: DriveCleanup) => new StartCleanup(cleanups, driveCleanup),
      inject: [CleanupStreams, DriveCleanup],
    },
    {
      provide: ReactToEvent,
      useFactory: (facts: KnownFacts, startCleanup: StartCleanup) => new ReactToEvent(facts, startCleanup),
      inject: [KnownFacts, StartCleanup],
    },
    {
      provide: AnswerClean,
      useFactory: (facts: KnownFacts, startCleanup: StartCleanup, { ANSWER_WITHIN_MS }: ArtifactCleanerConfig) =>
        new AnswerClean(facts, startCleanup, ANSWER_WITHIN_MS),
      inject: [KnownFacts, StartCleanup, CONFIG],
    },
  ],
})
export class ArtifactCleanerModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private consumer: EventConsumer | undefined;
  private readonly driver: Driver;

  constructor(
    @Inject(CONFIG) { RETRY_FIRST_MS, RETRY_LONGEST_MS }: ArtifactCleanerConfig,
    @Inject(DATABASE) private readonly database: DataSource,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(MESSAGING) private readonly connection: MessagingConnection,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(DriveQueue) queue: DriveQueue,
    @Inject(DriveCleanup) private readonly driveCleanup: DriveCleanup,
    @Inject(ReactToEvent) private readonly reactToEvent: ReactToEvent,
  ) {
    driveCleanup.whenLeftOpen(() => this.driver.nudge());
    this.driver = new Driver({
      queue,
      logger,
      // Not awaited: a runner that takes its minute must not keep the timers of all others waiting.
      drive: async (cleanupId) => void this.driveCleanup.drive(cleanupId),
      backoff: { firstMs: RETRY_FIRST_MS, longestMs: RETRY_LONGEST_MS },
    });
  }

  onApplicationBootstrap(): void {
    this.consumer = consumeEvents({
      connection: this.connection,
      durable: DURABLE,
      store: this.store,
      types: heardTypes,
      checkpoint: postgresCheckpoint(this.database, SCHEMA, DURABLE),
      handle: ({ event }) => this.reactToEvent.handle(event),
      observe: consumerLog(this.logger, DURABLE),
    });
    this.driver.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.consumer?.stop(), this.driver.stop()]);
    await this.driveCleanup.idle();
  }
}
