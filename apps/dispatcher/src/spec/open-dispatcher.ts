import { randomUUID } from 'node:crypto';
import { streamIdOf } from '@necrocode/contracts';
import {
  type CancellationId,
  type Cascade,
  type ExecutionEnding,
  type ExecutionIdentity,
  executionDecider,
  type JobEvent,
  type JobId,
  type RunnerDescription,
  runnerDecider,
  type RunnerCommand,
  type SlotClaim,
  type TaskId,
} from '@necrocode/domain';
import { handleCommand, type StoredEvent, toDomainEvent } from '@necrocode/event-store';
import { migrateEventStore, PostgresEventStore } from '@necrocode/event-store-postgres';
import { createLogger, openDatabase } from '@necrocode/service-kit';
import { createTestDatabase, type TestDatabase } from '@necrocode/testing';
import type { DataSource } from 'typeorm';
import type { TransactionalStore } from '../assign-task/assign-tasks.js';
import { Dispatcher } from '../dispatcher.js';
import { migrations } from '../migrations/index.js';
import { SCHEMA } from '../tables/schema.js';
import type { StartOrder } from '../start-execution/start-order.js';
import type { Submission } from '../submit-job/submit-job.js';
import { meta, ScriptedCancellations, ScriptedRunners } from './fixtures.js';

const template = {
  key: 'dispatcher',
  migrate: async (url: string) => {
    await migrateEventStore(url);
    await (await openTables(url)).destroy();
  },
};

function openTables(url: string): Promise<DataSource> {
  return openDatabase({ url, schema: SCHEMA, migrations });
}

/** One replica on a database that others may share, with scripted runners; its loops stand still until `start`. */
export class Replica {
  readonly runners = new ScriptedRunners();
  readonly cancellations = new ScriptedCancellations();
  readonly dispatcher: Dispatcher;

  private constructor(
    readonly store: PostgresEventStore,
    readonly database: DataSource,
    intercept: (store: PostgresEventStore) => TransactionalStore,
  ) {
    this.dispatcher = new Dispatcher({
      store: intercept(store),
      database,
      runners: this.runners,
      commands: this.cancellations,
      wakeRelay: () => undefined,
      // Longer than any spec: what happens in time happens because it was woken.
      config: {
        NATS_REPLICAS: 1,
        ASSIGN_POLL_MS: 60_000,
        ASSIGN_BATCH: 32,
        REDRIVE_FIRST_MS: 20,
        REDRIVE_LONGEST_MS: 50,
      },
      logger: createLogger('dispatcher', 'silent'),
    });
  }

  /** @param intercept what the dispatcher sees of the store, to force interleavings */
  static async open(
    { url }: TestDatabase,
    intercept: (store: PostgresEventStore) => TransactionalStore = (store) => store,
  ): Promise<Replica> {
    const store = await PostgresEventStore.open({ connectionString: url });
    return new Replica(store, await openTables(url), intercept);
  }

  async close(): Promise<void> {
    await this.dispatcher.stop();
    await this.store.close();
    await this.database.destroy();
  }

  async submit(...jobs: readonly Submission[]): Promise<void> {
    for (const job of jobs) await this.dispatcher.submitJob.handle(job, meta());
  }

  /** One step of the assigning loop. */
  async assignBatch(): Promise<readonly StartOrder[]> {
    return (await this.dispatcher.assignBatch()).orders;
  }

  /** The whole job, or one task of it. */
  block(
    { jobId }: Pick<Submission, 'jobId'>,
    cancellationId: CancellationId,
    taskId: TaskId | null = null,
    cascade: Cascade = 'dependents',
  ): ReturnType<Dispatcher['blockDispatch']['handle']> {
    return this.dispatcher.blockDispatch.handle({ cancellationId, jobId, taskId, cascade }, meta());
  }

  /** What runner-monitor would append, told to the dispatcher. */
  async register(runner: RunnerDescription, sessionId = 'session'): Promise<RunnerDescription> {
    await this.tellRunner({ type: 'RegisterRunner', runner, sessionId, at: new Date().toISOString() }, runner.runnerId);
    return runner;
  }

  async tellRunner(command: RunnerCommand, runnerId: string): Promise<void> {
    const streamId = streamIdOf('runner', runnerId);
    const metadata = { actor: 'service:runner-monitor', correlationId: runnerId };
    const { appended } = await handleCommand({
      store: this.store,
      decider: runnerDecider,
      streamId,
      command,
      metadata,
    });
    for (const event of appended) await this.dispatcher.react(event);
  }

  async reportStarted(execution: ExecutionIdentity): Promise<void> {
    const at = new Date().toISOString();
    await this.#report(execution, { type: 'RecordStarted', execution, containment: 'cgroup2', pid: 4242, at });
  }

  async reportEnded(execution: ExecutionIdentity, ending: ExecutionEnding): Promise<readonly StoredEvent[]> {
    return this.#report(execution, { type: 'RecordEnded', execution, ending, at: new Date().toISOString() });
  }

  /** The monitor has stored it, and nobody has been told. */
  async storeEnded(execution: ExecutionIdentity, ending: ExecutionEnding): Promise<readonly StoredEvent[]> {
    return this.#store(execution, { type: 'RecordEnded', execution, ending, at: new Date().toISOString() });
  }

  async reportFenced(execution: ExecutionIdentity): Promise<void> {
    await this.#report(execution, { type: 'FenceExecution', execution, at: new Date().toISOString() });
  }

  /** What artifact-cleaner would append when it has looked. */
  async proveClean({ jobId, executionId }: ExecutionIdentity, { pool, slotId, kind }: SlotClaim): Promise<void> {
    const at = new Date().toISOString();
    const data = { jobId, executionId, pool, slotId, evidence: { kind, leftEntries: 0, checkedAt: at }, at };
    const metadata = { actor: 'service:artifact-cleaner', correlationId: jobId };
    const proven = { id: randomUUID(), type: 'SlotProvenClean', schemaVersion: 1, data, metadata };
    const streamId = streamIdOf('cleanup', executionId);
    const { events } = await this.store.append([{ streamId, expectedVersion: 0, events: [proven] }]);
    for (const event of events) await this.dispatcher.react(event);
  }

  async eventsOf(jobId: JobId): Promise<readonly JobEvent[]> {
    const stored = await this.store.readStream(streamIdOf('job', jobId));
    return stored.map((event) => toDomainEvent<JobEvent>(event));
  }

  async typesOf(jobId: JobId): Promise<readonly string[]> {
    return (await this.eventsOf(jobId)).map(({ type }) => type);
  }

  rows(table: string): Promise<Record<string, unknown>[]> {
    return this.database.query(`select * from ${SCHEMA}.${table}`);
  }

  async #report(
    execution: ExecutionIdentity,
    command: Parameters<typeof executionDecider.decide>[0],
  ): Promise<readonly StoredEvent[]> {
    const appended = await this.#store(execution, command);
    for (const event of appended) await this.dispatcher.react(event);
    return appended;
  }

  async #store(
    execution: ExecutionIdentity,
    command: Parameters<typeof executionDecider.decide>[0],
  ): Promise<readonly StoredEvent[]> {
    const streamId = streamIdOf('execution', execution.executionId);
    const metadata = { actor: `runner:${execution.runnerId}`, correlationId: execution.jobId };
    const { appended } = await handleCommand({
      store: this.store,
      decider: executionDecider,
      streamId,
      command,
      metadata,
    });
    return appended;
  }
}

/** A database and its replicas, for one spec. */
export class DispatcherStage {
  readonly #replicas: Replica[] = [];

  private constructor(private readonly database: TestDatabase) {}

  static async set(): Promise<DispatcherStage> {
    return new DispatcherStage(await createTestDatabase({ template }));
  }

  async open(intercept?: (store: PostgresEventStore) => TransactionalStore): Promise<Replica> {
    const replica = await Replica.open(this.database, intercept);
    this.#replicas.push(replica);
    return replica;
  }

  async strike(): Promise<void> {
    await Promise.all(this.#replicas.map((replica) => replica.close()));
    await this.database.drop();
  }
}
