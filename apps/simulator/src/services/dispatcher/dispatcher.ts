import { streamIdOf } from '@necrocode/contracts';
import {
  type CancellationId,
  DISPATCHER_HEARS,
  type JobCommand,
  type JobFacts,
  type JobId,
  knownJob,
} from '@necrocode/domain';
import { StoreClient } from '../../store/store-client.js';
import type { Life } from '../../world/life.js';
import { type Checkpoint, consume } from '../consumer.js';
import type { Site } from '../site.js';
import { blockDispatch, type Blocked, type BlockOrder, type Parked, parkTasks, unparkTasks } from './block-dispatch.js';
import { dequeueJobs, type NotDequeued, selectJobs } from './dequeue-jobs.js';
import type { DispatcherParts } from './dispatcher-parts.js';
import { EnforceLimits } from './enforce-limits.js';
import { followEvent } from './follow-events.js';
import { JobStreams } from './job-streams.js';
import { StartExecutions } from './start-executions.js';

/** The dispatcher's edges, over the real deciders and the real placement: who asks what, in which order, in which append. */
export class Dispatcher {
  readonly #parts: DispatcherParts;

  constructor(life: Life, site: Site, checkpoint: Checkpoint) {
    const store = new StoreClient(life, site.access);
    const streams = new JobStreams(store, site.world);
    const wake = (): void => life.run(() => starts.assign());
    this.#parts = { life, site, store, streams, wake };
    const starts = new StartExecutions(this.#parts);
    const limits = new EnforceLimits(this.#parts);
    consume(life, site, checkpoint, DISPATCHER_HEARS, (event) => followEvent(this.#parts, event));
    const isAnyOpen = (): boolean => site.tables.openJobs.size > 0;
    life.every(1_000, () => starts.drive(), isAnyOpen);
    life.every(700, () => limits.drive(), isAnyOpen);
    life.every(500, () => starts.assign(), isAnyOpen);
  }

  async submit(command: Extract<JobCommand, { type: 'SubmitJob' }>): Promise<void> {
    await this.#parts.streams.handle(command.jobId, command, `submit/${command.jobId}`);
    this.#parts.wake();
  }

  async describe(jobId: JobId): Promise<JobFacts> {
    const { streams } = this.#parts;
    return streams.describe(await streams.load(jobId));
  }

  /** Takes in the ends that are stored, whether or not their events have come round. */
  async settle(jobId: JobId): Promise<JobFacts> {
    const { store, streams } = this.#parts;
    const open = knownJob(await streams.load(jobId)).tasks.flatMap(({ progress }) =>
      'assignment' in progress ? [progress.assignment.executionId] : [],
    );
    const stored = await store.readStreams(open.map((id) => streamIdOf('execution', id)));
    for (const event of [...stored.values()].flat()) {
      if (event.type === 'ExecutionEnded' || event.type === 'ExecutionFenced') await followEvent(this.#parts, event);
    }
    return this.describe(jobId);
  }

  block(order: BlockOrder): Promise<Blocked> {
    return blockDispatch(this.#parts, order);
  }

  park(order: BlockOrder): Promise<Parked> {
    return parkTasks(this.#parts, order);
  }

  unpark(jobId: JobId, cancellationId: CancellationId): Promise<void> {
    return unparkTasks(this.#parts, jobId, cancellationId);
  }

  select(): Promise<{ readonly waiting: readonly JobId[]; readonly started: readonly JobId[] }> {
    return selectJobs(this.#parts);
  }

  dequeue(cancellationId: CancellationId, jobIds: readonly JobId[]): Promise<NotDequeued> {
    return dequeueJobs(this.#parts, cancellationId, jobIds);
  }
}
