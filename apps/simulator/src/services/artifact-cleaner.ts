import { streamIdOf } from '@necrocode/contracts';
import {
  type CancellationId,
  type CleanupCommand,
  type CleanupOrder,
  type CleanupReport,
  type CleanupState,
  type ExecutionEvent,
  type ExecutionId,
  executionsUnder,
  isProvenGone,
  isSettled,
  type Job,
  type JobId,
  knownJob,
  orderJobCleanup,
  orderSlotCleanup,
  orderTaskCleanup,
  type RunnerEvent,
  type TaskId,
  type Timestamp,
} from '@necrocode/domain';
import { handleCommand, type StoredEvent, toDomainEvent } from '@necrocode/event-store';
import { StoreClient } from '../store/store-client.js';
import type { Life } from '../world/life.js';
import { Unavailable } from '../world/unavailable.js';
import { ask } from './ask.js';
import { type Checkpoint, consume } from './consumer.js';
import { isAnyDue, NOTHING_CLEANED, type Site } from './site.js';
import { foldStream } from './streams/fold-stream.js';

const ACTOR = 'service:artifact-cleaner';

const HEARD: ReadonlySet<string> = new Set([
  'ExecutionEnded',
  'JobCompleted',
  'JobFailed',
  'JobCancelled',
  'RunnerOrphanFound',
]);

/** The artifact-cleaner's edges, over the real decider, orders and the rule of when nobody can write any more. */
export class ArtifactCleaner {
  readonly #store: StoreClient;
  readonly #underWay = new Map<string, Promise<CleanupState>>();

  constructor(
    private readonly life: Life,
    private readonly site: Site,
    checkpoint: Checkpoint,
  ) {
    this.#store = new StoreClient(life, site.access);
    consume(life, site, checkpoint, HEARD, (event) => this.#react(event));
    life.every(
      300,
      () => this.#driveDue(),
      () => isAnyDue(site.tables.cleanupDrives, site.world.now),
    );
  }

  /** @returns null: not done yet */
  async clean(
    jobId: JobId,
    cancellationId: CancellationId,
    taskIds: readonly TaskId[] | null,
    foundAt: Timestamp | null,
  ): Promise<CleanupReport | null> {
    const job = await this.#job(jobId);
    if (taskIds === null && job.endedAt === null) return null;
    const [id, order] = taskIds
      ? [cancellationId, orderTaskCleanup(job, cancellationId, taskIds, new Map())]
      : [jobId, orderJobCleanup(job, new Map())];
    const state = await this.#start(id, order, `clean/${cancellationId}`, foundAt);
    return state.status === 'done' ? state.report : null;
  }

  async #react(stored: StoredEvent): Promise<void> {
    switch (stored.type) {
      case 'ExecutionEnded': {
        const event = toDomainEvent<Extract<ExecutionEvent, { type: 'ExecutionEnded' }>>(stored);
        const order = orderSlotCleanup(event.execution);
        if (order) await this.#request(event.execution.executionId, order, stored.id);
        if (order && isProvenGone(event.ending)) this.#begin(event.execution.executionId);
        return;
      }
      case 'JobCompleted':
      case 'JobFailed':
      case 'JobCancelled': {
        const dequeued = typeof stored.data === 'object' && stored.data !== null && 'dequeued' in stored.data;
        const jobId = stored.metadata.correlationId as JobId; // Correlation of a job's events is the job's id.
        if (dequeued) return;
        await this.#request(jobId, orderJobCleanup(await this.#job(jobId), new Map()), stored.id);
        this.#begin(jobId);
        return;
      }
      case 'RunnerOrphanFound': {
        const { orphan, at } = toDomainEvent<Extract<RunnerEvent, { type: 'RunnerOrphanFound' }>>(stored);
        if (orphan.kind !== 'workspace') return;
        const job = await this.#job(orphan.jobId);
        if (job.endedAt !== null) await this.#start(job.jobId, orderJobCleanup(job, new Map()), stored.id, at);
        return;
      }
      default:
    }
  }

  #begin(id: string): void {
    this.life.run(() => this.#drive(id));
  }

  async #start(id: string, order: CleanupOrder, cause: string, foundAt: Timestamp | null): Promise<CleanupState> {
    const known = await this.#request(id, order, cause);
    const state =
      foundAt === null || known.status !== 'done'
        ? known
        : await this.#handle(id, { type: 'ReopenCleanup', foundAt, at: this.life.now() }, order.jobId);
    return state.status === 'open' && state.attempts === 0 ? this.#drive(id) : state;
  }

  async #driveDue(): Promise<void> {
    const { tables, world } = this.site;
    const due = [...tables.cleanupDrives].filter(([, { dueAtMs }]) => dueAtMs <= world.now);
    for (const [id, drive] of due) {
      drive.dueAtMs = world.now + 3_000;
      this.#begin(id);
    }
  }

  /** One attempt at a time in this process. */
  #drive(id: string): Promise<CleanupState> {
    const running = this.#underWay.get(id);
    if (running) return running;
    const attempt = this.#attempt(id).finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, attempt);
    return attempt;
  }

  async #attempt(id: string): Promise<CleanupState> {
    const state = await this.#load(id);
    if (state.status !== 'open') return state;
    const { order } = state;
    const { world } = this.site;
    if (!(await this.#isSettled(order)) && !world.broken('clean-what-may-be-alive')) {
      world.reach('cleanup-waits-for-proof');
      return state;
    }
    return this.#handle(id, await this.#askRunner(order), order.jobId);
  }

  async #askRunner(order: CleanupOrder): Promise<CleanupCommand> {
    const at = this.life.now();
    if (order.runnerId === null) return { type: 'RecordCleanupDone', report: NOTHING_CLEANED, at };
    const place = this.site.agents.get(order.runnerId);
    try {
      if (!place) throw new Unavailable('no such runner');
      if (order.kind === 'slot') {
        const evidence = await ask(this.life, place, (agent) => agent.cleanSlot(order.slotId, order.slotKind));
        return { type: 'RecordSlotClean', evidence, at: this.life.now() };
      }
      const left = order.kind === 'job' ? (order.leftRunnerIds ?? []) : [];
      let filesRemoved = 0;
      for (const there of [...left.map((runnerId) => this.site.agents.get(runnerId)), place]) {
        if (!there) throw new Unavailable('no such runner');
        const removed = await ask(this.life, there, (agent) => agent.cleanWorkspace(order.jobId, order.kind === 'job'));
        if (removed === null) return failure('cleanup-failed', this.life.now());
        filesRemoved += removed;
      }
      const report = { ...NOTHING_CLEANED, filesRemoved };
      return { type: 'RecordCleanupDone', report, at: this.life.now() };
    } catch (error) {
      if (error instanceof Unavailable) return failure('runner-unreachable', this.life.now());
      throw error;
    }
  }

  async #isSettled(order: CleanupOrder): Promise<boolean> {
    if (order.kind === 'slot') return this.#areSettled([order.executionId]);
    return this.#areSettled(executionsUnder(order, await this.#job(order.jobId)));
  }

  async #areSettled(executionIds: readonly ExecutionId[]): Promise<boolean> {
    const streams = await this.#store.readStreams(executionIds.map((id) => streamIdOf('execution', id)));
    return [...streams.values()].every((events) => isSettled(foldStream(this.site.world.rules.execution, events)));
  }

  async #job(jobId: JobId): Promise<Job> {
    return knownJob(foldStream(this.site.world.rules.job, await this.#store.readStream(streamIdOf('job', jobId))));
  }

  async #load(id: string): Promise<CleanupState> {
    return foldStream(this.site.world.rules.cleanup, await this.#store.readStream(streamIdOf('cleanup', id)));
  }

  #request(id: string, order: CleanupOrder, cause: string): Promise<CleanupState> {
    return this.#handle(id, { type: 'RequestCleanup', order, at: this.life.now() }, order.jobId, cause);
  }

  async #handle(id: string, command: CleanupCommand, jobId: JobId, commandId?: string): Promise<CleanupState> {
    const { state } = await handleCommand({
      store: this.#store,
      decider: this.site.world.rules.cleanup,
      streamId: streamIdOf('cleanup', id),
      command,
      metadata: { actor: ACTOR, correlationId: jobId },
      newEventId: () => this.site.world.newUuid(),
      ...(commandId === undefined ? {} : { commandId }),
    });
    return state;
  }
}

function failure(code: string, at: string): CleanupCommand {
  return { type: 'RecordCleanupFailure', error: { code, message: 'not cleaned' }, at };
}
