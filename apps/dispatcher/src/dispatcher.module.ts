import { subjects } from '@necrocode/contracts';
import { DISPATCHER_HEARS } from '@necrocode/domain';
import { consumeEvents, type EventConsumer, type MessagingConnection } from '@necrocode/messaging';
import {
  type CommandClient,
  COMMANDS,
  CONFIG,
  consumerLog,
  DATABASE,
  EVENT_STORE,
  type Logger,
  LOGGER,
  MESSAGING,
  postgresCheckpoint,
} from '@necrocode/service-kit';
import { type BeforeApplicationShutdown, Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { TransactionalStore } from './assign-task/assign-tasks.js';
import { BlockDispatch } from './block-dispatch/block-dispatch.js';
import { BlockDispatchController } from './block-dispatch/block-dispatch.controller.js';
import { DequeueJobs } from './dequeue-jobs/dequeue-jobs.js';
import { DequeueJobsController } from './dequeue-jobs/dequeue-jobs.controller.js';
import { DescribeJob } from './describe-job/describe-job.js';
import { DescribeJobController } from './describe-job/describe-job.controller.js';
import { Dispatcher } from './dispatcher.js';
import type { DispatcherConfig } from './dispatcher.config.js';
import { FindTask } from './find-task/find-task.js';
import { FindTaskController } from './find-task/find-task.controller.js';
import { ParkTasks } from './park-tasks/park-tasks.js';
import { ParkTasksController } from './park-tasks/park-tasks.controller.js';
import { PauseQueue } from './pause-queue/pause-queue.js';
import { PauseQueueController } from './pause-queue/pause-queue.controller.js';
import { PreviewBlock } from './preview-block/preview-block.js';
import { PreviewBlockController } from './preview-block/preview-block.controller.js';
import { RetryJob } from './retry-job/retry-job.js';
import { RetryJobController } from './retry-job/retry-job.controller.js';
import { SelectJobs } from './select-jobs/select-jobs.js';
import { SelectJobsController } from './select-jobs/select-jobs.controller.js';
import { SettleJob } from './settle-job/settle-job.js';
import { SettleJobController } from './settle-job/settle-job.controller.js';
import { natsRunnerControl } from './start-execution/runner-control.js';
import { SubmitBatch } from './submit-batch/submit-batch.js';
import { SubmitBatchController } from './submit-batch/submit-batch.controller.js';
import { SubmitJob } from './submit-job/submit-job.js';
import { SubmitJobController } from './submit-job/submit-job.controller.js';
import { SCHEMA } from './tables/schema.js';

/** The service's one consumer. */
export const DURABLE = 'dispatcher-reactions';

/** The map of the service: commands come in over NATS, what happened elsewhere as events, and three loops see to the rest. */
@Module({
  controllers: [
    SubmitJobController,
    SubmitBatchController,
    RetryJobController,
    DescribeJobController,
    SettleJobController,
    FindTaskController,
    BlockDispatchController,
    PreviewBlockController,
    ParkTasksController,
    PauseQueueController,
    SelectJobsController,
    DequeueJobsController,
  ],
  providers: [
    {
      provide: Dispatcher,
      useFactory: (
        config: DispatcherConfig,
        store: TransactionalStore,
        database: DataSource,
        messaging: MessagingConnection,
        commands: CommandClient,
        logger: Logger,
      ) =>
        new Dispatcher({
          store,
          database,
          runners: natsRunnerControl(messaging, config.START_TIMEOUT_MS),
          commands,
          wakeRelay: () => nudge(messaging),
          config,
          logger,
        }),
      inject: [CONFIG, EVENT_STORE, DATABASE, MESSAGING, COMMANDS, LOGGER],
    },
    { provide: SubmitJob, useFactory: ({ submitJob }: Dispatcher) => submitJob, inject: [Dispatcher] },
    { provide: SubmitBatch, useFactory: ({ submitBatch }: Dispatcher) => submitBatch, inject: [Dispatcher] },
    { provide: RetryJob, useFactory: ({ retryJob }: Dispatcher) => retryJob, inject: [Dispatcher] },
    { provide: SelectJobs, useFactory: ({ selectJobs }: Dispatcher) => selectJobs, inject: [Dispatcher] },
    { provide: DequeueJobs, useFactory: ({ dequeueJobs }: Dispatcher) => dequeueJobs, inject: [Dispatcher] },
    { provide: DescribeJob, useFactory: ({ describeJob }: Dispatcher) => describeJob, inject: [Dispatcher] },
    { provide: SettleJob, useFactory: ({ settleJob }: Dispatcher) => settleJob, inject: [Dispatcher] },
    { provide: FindTask, useFactory: ({ findTask }: Dispatcher) => findTask, inject: [Dispatcher] },
    { provide: ParkTasks, useFactory: ({ parkTasks }: Dispatcher) => parkTasks, inject: [Dispatcher] },
    { provide: PauseQueue, useFactory: ({ pauseQueue }: Dispatcher) => pauseQueue, inject: [Dispatcher] },
    { provide: PreviewBlock, useFactory: ({ previewBlock }: Dispatcher) => previewBlock, inject: [Dispatcher] },
    { provide: BlockDispatch, useFactory: ({ blockDispatch }: Dispatcher) => blockDispatch, inject: [Dispatcher] },
  ],
})
export class DispatcherModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #consumer: EventConsumer | undefined;

  constructor(
    @Inject(Dispatcher) private readonly dispatcher: Dispatcher,
    @Inject(EVENT_STORE) private readonly store: TransactionalStore,
    @Inject(DATABASE) private readonly database: DataSource,
    @Inject(MESSAGING) private readonly connection: MessagingConnection,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.dispatcher.start();
    this.#consumer = consumeEvents({
      connection: this.connection,
      durable: DURABLE,
      store: this.store,
      types: [...DISPATCHER_HEARS],
      checkpoint: postgresCheckpoint(this.database, SCHEMA, DURABLE),
      handle: ({ event }) => this.dispatcher.react(event),
      observe: consumerLog(this.logger, DURABLE),
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#consumer?.stop();
    await this.dispatcher.stop();
  }
}

/** Lossy on purpose: a relay that misses it polls. */
function nudge({ nats, link }: MessagingConnection): void {
  if (link.state === 'connected') nats.publish(subjects.relayNudge);
}
