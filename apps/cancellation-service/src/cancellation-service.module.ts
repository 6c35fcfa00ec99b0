import type { EventStore } from '@necrocode/event-store';
import { consumeEvents, type EventConsumer, type MessagingConnection } from '@necrocode/messaging';
import {
  type CommandClient,
  COMMANDS,
  CONFIG,
  consumerLog,
  DATABASE,
  Driver,
  DriveQueue,
  EVENT_STORE,
  type Logger,
  LOGGER,
  MESSAGING,
  METRICS,
  postgresCheckpoint,
  type Tracing,
  TRACING,
} from '@necrocode/service-kit';
import { type BeforeApplicationShutdown, Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import type { Metrics } from '@necrocode/metrics';
import type { DataSource } from 'typeorm';
import { type CancellationId, CANCELLATIONS_HEAR } from '@necrocode/domain';
import { AbortBulk } from './abort-bulk/abort-bulk.js';
import { AbortBulkController } from './abort-bulk/abort-bulk.controller.js';
import { Bulks } from './bulks.js';
import type { CancellationServiceConfig } from './cancellation-service.config.js';
import { outcomeTypes } from './drive-bulk/hear-members.js';
import { CancellationDrive } from './drive-cancellation/cancellation-drive.js';
import { startExporting } from './export-traces/start-exporting.js';
import { PerformEffect } from './drive-cancellation/perform-effect.js';
import { PlanCancellation } from './plan-cancellation/plan-cancellation.js';
import { PlanCancellationController } from './plan-cancellation/plan-cancellation.controller.js';
import { RecordProgress } from './record-progress/record-progress.js';
import { RequestBulk } from './request-bulk/request-bulk.js';
import { RequestBulkController } from './request-bulk/request-bulk.controller.js';
import { StoredJobs } from './request-cancellation/stored-jobs.js';
import { RequestCancellation } from './request-cancellation/request-cancellation.js';
import { RequestCancellationController } from './request-cancellation/request-cancellation.controller.js';
import { OpenTargets } from './saga/open-targets.js';
import { ProgressRecord } from './record-story/progress-record.js';
import { Saga } from './saga/saga.js';
import { DRIVE_TABLE, SCHEMA } from './saga/schema.js';
import { UndoCancellation } from './undo-cancellation/undo-cancellation.js';
import { UndoCancellationController } from './undo-cancellation/undo-cancellation.controller.js';

/** The service's one consumer. */
export const DURABLE = 'cancellation-service-progress';

/** The map of the service: requests come in as commands, progress as events, and a timer drives what does not move. */
@Module({
  controllers: [
    RequestCancellationController,
    PlanCancellationController,
    UndoCancellationController,
    RequestBulkController,
    AbortBulkController,
  ],
  providers: [
    { provide: OpenTargets, useFactory: (database: DataSource) => new OpenTargets(database), inject: [DATABASE] },
    {
      provide: DriveQueue,
      useFactory: (database: DataSource) => new DriveQueue(database, SCHEMA, DRIVE_TABLE),
      inject: [DATABASE],
    },
    {
      provide: ProgressRecord,
      useFactory: (metrics: Metrics, logger: Logger, targets: OpenTargets) =>
        new ProgressRecord(metrics, logger, () => targets.count()),
      inject: [METRICS, LOGGER, OpenTargets],
    },
    {
      provide: Saga,
      useFactory: (store: EventStore, targets: OpenTargets, drives: DriveQueue, { ofCancellation }: ProgressRecord) =>
        new Saga(store, targets, drives, ofCancellation),
      inject: [EVENT_STORE, OpenTargets, DriveQueue, ProgressRecord],
    },
    {
      provide: CancellationDrive,
      useFactory: (
        saga: Saga,
        commands: CommandClient,
        drives: DriveQueue,
        logger: Logger,
        { PATIENCE_MS }: CancellationServiceConfig,
      ) => new CancellationDrive(saga, new PerformEffect(saga, commands), drives, logger, PATIENCE_MS),
      inject: [Saga, COMMANDS, DriveQueue, LOGGER, CONFIG],
    },
    {
      provide: PlanCancellation,
      useFactory: (targets: OpenTargets, commands: CommandClient) => new PlanCancellation(targets, commands),
      inject: [OpenTargets, COMMANDS],
    },
    {
      provide: RequestCancellation,
      useFactory: (
        saga: Saga,
        targets: OpenTargets,
        drives: DriveQueue,
        drive: CancellationDrive,
        plans: PlanCancellation,
        store: EventStore,
        commands: CommandClient,
        logger: Logger,
      ) => new RequestCancellation(saga, targets, drives, drive, plans, new StoredJobs(store), commands, logger),
      inject: [Saga, OpenTargets, DriveQueue, CancellationDrive, PlanCancellation, EVENT_STORE, COMMANDS, LOGGER],
    },
    {
      provide: UndoCancellation,
      useFactory: (saga: Saga, drive: CancellationDrive) => new UndoCancellation(saga, drive),
      inject: [Saga, CancellationDrive],
    },
    {
      provide: RecordProgress,
      useFactory: (saga: Saga, targets: OpenTargets, drive: CancellationDrive) =>
        new RecordProgress(saga, targets, drive),
      inject: [Saga, OpenTargets, CancellationDrive],
    },
    {
      provide: Bulks,
      useFactory: (
        store: EventStore,
        database: DataSource,
        commands: CommandClient,
        saga: Saga,
        targets: OpenTargets,
        drives: DriveQueue,
        drive: CancellationDrive,
        config: CancellationServiceConfig,
        logger: Logger,
        { ofBulk: onProgress }: ProgressRecord,
      ) => new Bulks({ store, database, commands, saga, targets, drives, drive, config, logger, onProgress }),
      inject: [
        EVENT_STORE,
        DATABASE,
        COMMANDS,
        Saga,
        OpenTargets,
        DriveQueue,
        CancellationDrive,
        CONFIG,
        LOGGER,
        ProgressRecord,
      ],
    },
    { provide: RequestBulk, useFactory: ({ request }: Bulks) => request, inject: [Bulks] },
    { provide: AbortBulk, useFactory: ({ abort }: Bulks) => abort, inject: [Bulks] },
  ],
})
export class CancellationServiceModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private consumer: EventConsumer | undefined;
  private exporting: EventConsumer | undefined;
  private readonly driver: Driver;

  constructor(
    @Inject(CONFIG) config: CancellationServiceConfig,
    @Inject(DATABASE) private readonly database: DataSource,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(MESSAGING) private readonly connection: MessagingConnection,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(DriveQueue) queue: DriveQueue,
    @Inject(CancellationDrive) private readonly drive: CancellationDrive,
    @Inject(RecordProgress) private readonly progress: RecordProgress,
    @Inject(Bulks) private readonly bulks: Bulks,
    @Inject(TRACING) private readonly tracing: Tracing | null,
  ) {
    this.driver = new Driver({
      queue,
      logger,
      drive: (cancellationId) => this.drive.drive(cancellationId as CancellationId), // The table's keys are what we wrote.
      backoff: { firstMs: config.REDRIVE_FIRST_MS, longestMs: config.REDRIVE_LONGEST_MS },
    });
  }

  onApplicationBootstrap(): void {
    this.consumer = consumeEvents({
      connection: this.connection,
      durable: DURABLE,
      store: this.store,
      types: [...CANCELLATIONS_HEAR, ...outcomeTypes],
      checkpoint: postgresCheckpoint(this.database, SCHEMA, DURABLE),
      // A job's executions end side by side, and what ends together is recorded together.
      key: ({ streamId }) => streamId,
      handle: async ({ event }) => {
        await this.progress.handle(event);
        await this.bulks.hear(event);
      },
      observe: consumerLog(this.logger, DURABLE),
    });
    this.driver.start();
    this.bulks.start();
    const { connection, store, database, tracing, logger } = this;
    if (tracing) this.exporting = startExporting({ connection, store, database, tracing, logger });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.consumer?.stop(), this.exporting?.stop(), this.driver.stop(), this.bulks.stop()]);
    await this.drive.settled();
  }
}
