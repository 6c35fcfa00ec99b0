import { streamIdOf } from '@necrocode/contracts';
import {
  type ClaimedTask,
  type JobId,
  type OpenRunner,
  type Placed,
  placeTasks,
  type Timestamp,
} from '@necrocode/domain';
import {
  type EventMetadata,
  type EventStore,
  type StoredEvent,
  type StreamAppend,
  uuidV7,
} from '@necrocode/event-store';
import type { PostgresEventStore } from '@necrocode/event-store-postgres';
import { newId } from '@necrocode/service-kit';
import type { StartOrder } from '../start-execution/start-order.js';
import { inLockOrder, toNewEvents } from '../streams/append-together.js';
import { inAnswerTo } from '../streams/cause.js';
import { foldJob } from '../streams/jobs.js';
import type { LoadedPool, SlotPools } from '../streams/slot-pools.js';
import type { OpenTransaction, OwnTables } from '../tables/own-tables.js';
import { claimTasks, isAnyReady } from './claim-tasks.js';
import { lockPlaces } from './lock-places.js';
import { placedRows } from './placed-rows.js';

export type TransactionalStore = EventStore & Pick<PostgresEventStore, 'appendWithin'>;

export interface AssignedBatch {
  /** The executions to start, now that their assignments are committed. */
  readonly orders: readonly StartOrder[];
  /** Tasks due by then were looked at; null when no runner had a place, so that nothing was. */
  readonly lookedAt: Timestamp | null;
}

/** The streams a batch is decided on. */
interface Loaded {
  readonly jobs: ReadonlyMap<JobId, readonly StoredEvent[]>;
  readonly pools: ReadonlyMap<string, LoadedPool>;
}

/**
 * Assigns ready tasks in one transaction: claim, decide, append, move the rows. Whatever fails, or whoever dies in between,
 * leaves the tasks as claimable as before.
 */
export class AssignTasks {
  constructor(
    private readonly store: TransactionalStore,
    private readonly tables: OwnTables,
    private readonly pools: SlotPools,
    private readonly batchSize: number,
  ) {}

  /** @throws {WrongExpectedVersion} | {StoreUnavailable} another writer was first on one of the streams: nothing was done, try again */
  async assignBatch(): Promise<AssignedBatch> {
    const askedAt = new Date().toISOString();
    // Most wake-ups find nothing ready: no runner is locked for them, and no commit waits for the disk.
    if (!(await isAnyReady(this.tables, askedAt))) return { orders: [], lookedAt: askedAt };
    return this.tables.transaction(async (transaction) => {
      const runners = await lockPlaces(transaction);
      if (runners.length === 0) return { orders: [], lookedAt: null };
      const lookedAt = new Date().toISOString();
      const claimed = await claimTasks(transaction, runners, this.batchSize, lookedAt);
      if (claimed.length === 0) return { orders: [], lookedAt };
      return { orders: await this.#assign(transaction, runners, claimed, lookedAt), lookedAt };
    });
  }

  async #assign(
    transaction: OpenTransaction,
    runners: readonly OpenRunner[],
    claimed: readonly ClaimedTask[],
    at: Timestamp,
  ): Promise<readonly StartOrder[]> {
    const loaded = await this.#load(claimed);
    const jobs = new Map([...loaded.jobs].map(([jobId, events]) => [jobId, foldJob(events)]));
    const pools = new Map([...loaded.pools].map(([pool, { state }]) => [pool, state]));
    const candidates = claimed.map((task) => ({ ...task, executionId: newId('exe') }));
    const placed = placeTasks({ runners, jobs, pools }, candidates, at);
    const stories = new Map([...loaded.jobs].map(([jobId, stream]) => [jobId, inAnswerTo(stream)]));
    const streams = streamsOf(placed, loaded, stories);
    if (streams.length > 0) await this.store.appendWithin(transaction, streams);
    await transaction.run(placedRows(placed));
    return placed.assigned.map((order) => ({ ...order, traceparent: stories.get(order.job.jobId)?.traceparent }));
  }

  async #load(claimed: readonly ClaimedTask[]): Promise<Loaded> {
    const jobIds = [...new Set(claimed.map(({ jobId }) => jobId))];
    const poolNames = [...new Set(claimed.flatMap(({ slotPool }) => slotPool ?? []))];
    const [streams, pools] = await Promise.all([
      this.store.readStreams(jobIds.map((jobId) => streamIdOf('job', jobId))),
      Promise.all(poolNames.map(async (pool) => [pool, await this.pools.load(pool)] as const)),
    ]);
    const jobs = jobIds.map((jobId) => [jobId, streams.get(streamIdOf('job', jobId)) ?? []] as const);
    return { jobs: new Map(jobs), pools: new Map(pools) };
  }
}

function streamsOf(
  placed: Placed,
  loaded: Loaded,
  stories: ReadonlyMap<JobId, EventMetadata | null>,
): readonly StreamAppend[] {
  const batch = uuidV7();
  const storyOf = (jobId: JobId): EventMetadata => {
    const metadata = stories.get(jobId);
    if (!metadata) throw new Error(`job ${jobId} is being assigned, but has no stream`);
    return metadata;
  };
  const jobs = [...placed.jobs].map(([jobId, { events }]) => {
    const streamId = streamIdOf('job', jobId);
    const metadata = storyOf(jobId);
    const expectedVersion = loaded.jobs.get(jobId)?.length ?? 0;
    return { streamId, expectedVersion, events: toNewEvents(events, streamId, { id: batch, metadata }) };
  });
  const pools = [...placed.pools].map(([pool, { events }]) => {
    const streamId = streamIdOf('slot-pool', pool);
    const leased = events.flatMap((event) => {
      if (event.type !== 'SlotLeased') return [];
      const { jobId, executionId } = event.holder;
      return toNewEvents([event], streamId, { id: executionId, metadata: storyOf(jobId) });
    });
    return { streamId, expectedVersion: loaded.pools.get(pool)?.version ?? 0, events: leased };
  });
  return inLockOrder([...jobs, ...pools].filter(({ events }) => events.length > 0));
}
