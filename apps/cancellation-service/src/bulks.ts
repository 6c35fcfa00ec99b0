import type { CancellationId } from '@necrocode/domain';
import type { EventStore, StoredEvent } from '@necrocode/event-store';
import type { BulkProgress } from '@necrocode/metrics';
import { type CommandClient, Driver, DriveQueue, type Logger } from '@necrocode/service-kit';
import type { DataSource } from 'typeorm';
import { AbortBulk } from './abort-bulk/abort-bulk.js';
import { BulkMembers } from './bulk-saga/bulk-members.js';
import { BulkSaga } from './bulk-saga/bulk-saga.js';
import { BULK_DRIVE_TABLE } from './bulk-saga/schema.js';
import { BulkDrive } from './drive-bulk/bulk-drive.js';
import { HearMembers } from './drive-bulk/hear-members.js';
import { LookAtMembers } from './drive-bulk/look-at-members.js';
import { OpenMembers } from './drive-bulk/open-members.js';
import { PerformBulkEffect } from './drive-bulk/perform-bulk-effect.js';
import type { CancellationDrive } from './drive-cancellation/cancellation-drive.js';
import { RequestBulk } from './request-bulk/request-bulk.js';
import type { OpenTargets } from './saga/open-targets.js';
import type { Saga } from './saga/saga.js';
import { SCHEMA } from './saga/schema.js';

/** What bulk cancellations stand on: the cancellations of single jobs among it, for those that have begun. */
export interface BulkGround {
  readonly store: EventStore;
  readonly database: DataSource;
  readonly commands: Pick<CommandClient, 'ask'>;
  readonly saga: Saga;
  readonly targets: OpenTargets;
  readonly drives: DriveQueue;
  readonly drive: CancellationDrive;
  readonly config: {
    readonly BULK_CONFIRM_OVER: number;
    readonly REDRIVE_FIRST_MS: number;
    readonly REDRIVE_LONGEST_MS: number;
  };
  readonly logger: Logger;
  readonly onProgress?: (progress: BulkProgress) => void;
}

/** The parts of bulk cancellations, put together, and the timer that drives what does not move. */
export class Bulks {
  readonly request: RequestBulk;
  readonly abort: AbortBulk;
  readonly saga: BulkSaga;
  readonly drive: BulkDrive;
  readonly timers: DriveQueue;
  readonly #hearMembers: HearMembers;
  readonly #driver: Driver;

  constructor({ store, database, commands, saga, targets, drives, drive, config, logger, onProgress }: BulkGround) {
    const members = new BulkMembers(database);
    this.timers = new DriveQueue(database, SCHEMA, BULK_DRIVE_TABLE);
    this.saga = new BulkSaga(store, members, this.timers, onProgress);
    const openMembers = new OpenMembers(saga, targets, drives, drive);
    const effects = new PerformBulkEffect(commands, openMembers, new LookAtMembers(store));
    this.drive = new BulkDrive(this.saga, effects, logger);
    this.request = new RequestBulk(this.saga, this.timers, this.drive, commands, config.BULK_CONFIRM_OVER, logger);
    this.abort = new AbortBulk(this.saga, this.drive);
    this.#hearMembers = new HearMembers(members, this.drive);
    this.#driver = new Driver({
      queue: this.timers,
      logger,
      drive: (cancellationId) => this.drive.drive(cancellationId as CancellationId), // The table's keys are what we wrote.
      backoff: { firstMs: config.REDRIVE_FIRST_MS, longestMs: config.REDRIVE_LONGEST_MS },
    });
  }

  start(): void {
    this.#driver.start();
  }

  hear(event: Pick<StoredEvent, 'streamId' | 'type'>): Promise<void> {
    return this.#hearMembers.handle(event);
  }

  async stop(): Promise<void> {
    await this.#driver.stop();
    await this.drive.settled();
  }
}
