import type { ExecutionId, JobId } from '@necrocode/domain';
import { type CommandClient, Driver, DriveQueue, type Logger } from '@necrocode/service-kit';
import type { StoredEvent } from '@necrocode/event-store';
import type { DataSource } from 'typeorm';
import { AssignLoop } from './assign-task/assign-loop.js';
import { type AssignedBatch, AssignTasks, type TransactionalStore } from './assign-task/assign-tasks.js';
import { nextDueAt } from './assign-task/next-due.js';
import { BlockDispatch } from './block-dispatch/block-dispatch.js';
import { react } from './consume-events/event-routes.js';
import { DequeueJobs } from './dequeue-jobs/dequeue-jobs.js';
import { DescribeJob } from './describe-job/describe-job.js';
import { HeldSlots } from './describe-job/held-slots.js';
import type { DispatcherConfig } from './dispatcher.config.js';
import { EnforceLimits } from './enforce-limits/enforce-limits.js';
import { FindTask } from './find-task/find-task.js';
import { FreeSlot } from './free-slot/free-slot.js';
import { ParkTasks } from './park-tasks/park-tasks.js';
import { PauseQueue } from './pause-queue/pause-queue.js';
import { PreviewBlock } from './preview-block/preview-block.js';
import { RecordEnding } from './record-ending/record-ending.js';
import { RecordStart } from './record-start/record-start.js';
import { RetryJob } from './retry-job/retry-job.js';
import { RegisterRunner } from './register-runner/register-runner.js';
import { SelectJobs } from './select-jobs/select-jobs.js';
import type { RunnerControl } from './start-execution/runner-control.js';
import { StartExecution } from './start-execution/start-execution.js';
import { SettleJob } from './settle-job/settle-job.js';
import { Jobs } from './streams/jobs.js';
import { SlotPools } from './streams/slot-pools.js';
import { SweepSlots } from './sweep-slots/sweep-slots.js';
import { SubmitBatch } from './submit-batch/submit-batch.js';
import { SubmitJob } from './submit-job/submit-job.js';
import { OwnTables } from './tables/own-tables.js';
import { LIMIT_DRIVE, SCHEMA, START_DRIVE } from './tables/schema.js';
import { UnassignTask } from './unassign-task/unassign-task.js';

/** How often slots are compared with the ends that are stored, ms. */
const SWEEP_EVERY_MS = 30_000;

/** What a dispatcher stands on. */
export interface DispatcherGround {
  readonly store: TransactionalStore;
  readonly database: DataSource;
  readonly runners: RunnerControl;
  readonly commands: Pick<CommandClient, 'ask'>;
  /** An append inside a transaction is not the store's to announce. */
  readonly wakeRelay: () => void;
  readonly config: Omit<
    DispatcherConfig,
    'DATABASE_URL' | 'NATS_URL' | 'HEALTH_PORT' | 'LOG_LEVEL' | 'START_TIMEOUT_MS'
  >;
  readonly logger: Logger;
}

/** The parts of one replica, put together, and its loops: assigning, asking again for starts that were not answered, and ending jobs that reach a limit. */
export class Dispatcher {
  readonly tables: OwnTables;
  readonly submitJob: SubmitJob;
  readonly submitBatch: SubmitBatch;
  readonly retryJob: RetryJob;
  readonly selectJobs: SelectJobs;
  readonly dequeueJobs: DequeueJobs;
  readonly describeJob: DescribeJob;
  readonly settleJob: SettleJob;
  readonly findTask: FindTask;
  readonly blockDispatch: BlockDispatch;
  readonly previewBlock: PreviewBlock;
  readonly parkTasks: ParkTasks;
  readonly pauseQueue: PauseQueue;
  readonly #startExecution: StartExecution;
  readonly #assignTasks: AssignTasks;
  readonly #reactions: Parameters<typeof react>[0];
  readonly #loop: AssignLoop;
  readonly #driver: Driver;
  readonly #sweepSlots: SweepSlots;
  #sweeping: NodeJS.Timeout | undefined;
  readonly #enforceLimits: EnforceLimits;
  readonly #limitDriver: Driver;

  constructor(private readonly ground: DispatcherGround) {
    const { store, database, runners, commands, config, logger } = ground;
    const wake = (): void => this.#loop.wake();
    const jobs = new Jobs(store);
    const pools = new SlotPools(store);
    const starts = new DriveQueue(database, SCHEMA, START_DRIVE);
    this.tables = new OwnTables(database);
    const limits = new DriveQueue(database, SCHEMA, LIMIT_DRIVE);
    const look = (): void => this.#look();
    this.submitJob = new SubmitJob(store, look, logger);
    this.submitBatch = new SubmitBatch(store, look, logger);
    this.retryJob = new RetryJob(store, look, logger);
    this.selectJobs = new SelectJobs(this.tables);
    this.dequeueJobs = new DequeueJobs(store, this.tables, logger);
    this.describeJob = new DescribeJob(jobs, new HeldSlots(this.tables));
    const recordEnding = new RecordEnding(store, jobs, pools, wake, logger);
    this.settleJob = new SettleJob(store, jobs, recordEnding, this.describeJob);
    this.#sweepSlots = new SweepSlots(this.tables, store, recordEnding, logger);
    this.findTask = new FindTask(this.tables);
    this.blockDispatch = new BlockDispatch(jobs, this.describeJob, logger);
    this.parkTasks = new ParkTasks(jobs, this.describeJob, wake, logger);
    const stored = (): void => {
      ground.wakeRelay();
      wake();
    };
    this.pauseQueue = new PauseQueue(store, this.tables, stored, logger);
    this.previewBlock = new PreviewBlock(jobs, this.describeJob);
    const unassignTask = new UnassignTask(store, jobs, pools, wake);
    this.#startExecution = new StartExecution(runners, unassignTask, store, this.tables, starts, logger);
    this.#assignTasks = new AssignTasks(store, this.tables, pools, config.ASSIGN_BATCH);
    this.#reactions = {
      recordStart: new RecordStart(jobs),
      recordEnding,
      freeSlot: new FreeSlot(store, pools, wake, logger),
      registerRunner: new RegisterRunner(
        store,
        pools,
        this.tables,
        { assignment: wake, starts: () => this.#driver.nudge() },
        logger,
      ),
      wakeAssignment: wake,
    };
    this.#enforceLimits = new EnforceLimits(store, jobs, commands, limits, logger);
    this.#loop = new AssignLoop({
      assignBatch: () => this.assignBatch(),
      nextDueAt: (after) => nextDueAt(this.tables, after),
      begin: (order) => this.#startExecution.begin(order),
      pollMs: config.ASSIGN_POLL_MS,
      logger,
    });
    const backoff = { firstMs: config.REDRIVE_FIRST_MS, longestMs: config.REDRIVE_LONGEST_MS };
    this.#driver = new Driver({
      queue: starts,
      drive: (executionId) => this.driveStart(executionId as ExecutionId), // The table's keys are what we wrote.
      logger,
      backoff,
    });
    this.#limitDriver = new Driver({
      queue: limits,
      drive: (jobId) => this.driveLimits(jobId as JobId), // The table's keys are what we wrote.
      logger,
      backoff,
    });
  }

  start(): void {
    this.#loop.start();
    this.#driver.start();
    this.#limitDriver.start();
    this.#sweeping = setInterval(() => {
      this.sweepSlots().catch((error: unknown) => this.ground.logger.warn({ err: error }, 'cannot sweep slots'));
    }, SWEEP_EVERY_MS);
  }

  /** Finishes what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#sweeping);
    await Promise.all([this.#loop.stop(), this.#driver.stop(), this.#limitDriver.stop()]);
    await this.#startExecution.settled();
  }

  /** What the events of all services mean to the dispatcher. */
  react(event: StoredEvent): Promise<void> {
    return react(this.#reactions, event);
  }

  /** One step of the assigning loop; what it assigned is still to be started. */
  async assignBatch(): Promise<AssignedBatch> {
    const batch = await this.#assignTasks.assignBatch();
    if (batch.orders.length > 0) this.ground.wakeRelay();
    return batch;
  }

  /** A new job may be assigned at once, or be late at once. */
  #look(): void {
    this.#loop.wake();
    this.#limitDriver.nudge();
  }

  /** One look at the slots that are leased. */
  sweepSlots(): Promise<void> {
    return this.#sweepSlots.sweep();
  }

  /** One step of the third loop. */
  driveLimits(jobId: JobId): Promise<void> {
    return this.#enforceLimits.drive(jobId);
  }

  /** One step of the second loop. */
  driveStart(executionId: ExecutionId): Promise<void> {
    return this.#startExecution.drive(executionId);
  }
}
