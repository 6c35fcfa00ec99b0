import { type JobCommand, type JobId, Rejection, type SlotPoolCommand } from '@necrocode/domain';
import { Batches, type EventStore } from '@necrocode/event-store';
import type { Logger } from '@necrocode/service-kit';
import { appendCaused } from '../streams/append-together.js';
import { causedByEvent } from '../streams/cause.js';
import type { CausedCommand } from '../streams/decide-in-turn.js';
import type { Jobs } from '../streams/jobs.js';
import type { SlotPools } from '../streams/slot-pools.js';
import { eachOnce, type HeardEnding } from './heard-ending.js';

/**
 * What the ends of executions mean: for their tasks, and for their slots, which are soiled until proven clean. Both in one append, so
 * that a job is never over while a slot of it counts as running.
 */
export class RecordEnding {
  readonly #waiting = new Batches<JobId, WaitingEndings>((jobId, batch) => this.#record(jobId, batch));

  constructor(
    private readonly store: EventStore,
    private readonly jobs: Jobs,
    private readonly pools: SlotPools,
    private readonly wakeAssignment: () => void,
    private readonly logger: Logger,
  ) {}

  /**
   * All of them in one append, with those that come while an append of ends of this job is under way: who reads what is stored
   * and who hears the events would else race each other, end by end.
   * @param heard of this job, an execution's in the order of its stream
   */
  handle(jobId: JobId, heard: readonly HeardEnding[]): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.add(jobId, { heard, resolve, reject }));
  }

  async #record(jobId: JobId, batch: readonly WaitingEndings[]): Promise<void> {
    const heard = eachOnce(batch.flatMap((waiting) => waiting.heard));
    try {
      await this.#append(jobId, heard);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      // What does not fit is found out alone and fails no other.
      if (error instanceof Rejection && batch.length > 1)
        for (const waiting of batch) await this.#record(jobId, [waiting]);
      else for (const { reject } of batch) reject(error);
    }
  }

  async #append(jobId: JobId, heard: readonly HeardEnding[]): Promise<void> {
    const at = new Date().toISOString();
    const endings = heard.map((ending) => ({
      command: endingOf(ending, at),
      cause: causedByEvent(ending.event, jobId),
    }));
    const soiled = soiledSlots(heard, jobId, at);
    const appended = await appendCaused(this.store, () =>
      Promise.all([
        this.jobs.decideAll(jobId, endings),
        ...[...soiled].map(([pool, soilings]) => this.pools.decideAll(pool, soilings)),
      ]),
    );
    if (appended.length === 0) return;
    for (const { execution, ending, event } of heard) {
      const { taskId, executionId, runnerId } = execution;
      const outcome = appended.filter(({ metadata }) => metadata.causationId === event.id).map(({ type }) => type);
      if (outcome.length === 0) continue;
      this.logger.info({ jobId, taskId, executionId, runnerId, reason: ending.reason, outcome }, 'execution ended');
    }
    this.wakeAssignment();
  }
}

/** Ends with whoever waits for their record. */
interface WaitingEndings {
  readonly heard: readonly HeardEnding[];
  resolve(): void;
  reject(error: unknown): void;
}

function endingOf({ execution, ending }: HeardEnding, at: string): JobCommand {
  const { taskId, executionId } = execution;
  return { type: 'RecordEnding', taskId, executionId, ending, random: Math.random(), at };
}

/** By pool. A fenced execution may still be at work in its slot: that stays leased until its runner has proven the end. */
function soiledSlots(
  heard: readonly HeardEnding[],
  jobId: JobId,
  at: string,
): ReadonlyMap<string, readonly CausedCommand<SlotPoolCommand>[]> {
  const byPool = new Map<string, CausedCommand<SlotPoolCommand>[]>();
  for (const { execution, ending, event, foundBy } of heard) {
    const { slot, executionId } = execution;
    if (!slot || ending.reason === 'fenced') continue;
    const command = { type: 'SoilSlot' as const, slotId: slot.slotId, executionId, ...(foundBy && { foundBy }), at };
    byPool.set(slot.pool, [...(byPool.get(slot.pool) ?? []), { command, cause: causedByEvent(event, jobId) }]);
  }
  return byPool;
}
