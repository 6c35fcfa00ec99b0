import { Inject, Injectable } from '@nestjs/common';
import { streamIdOf } from '@necrocode/contracts';
import { CodedError, EVENT_STORE } from '@necrocode/service-kit';
import type { Job, JobId } from '@necrocode/domain';
import type { EventStore } from '@necrocode/event-store';
import { foldJob } from '../streams/stream-reader.js';
import { ItemRows, type ItemRow } from './item-rows.js';
import type { Item } from './present-item.js';

/** Items with all there is of their jobs, folded from the streams: what one item says of itself is never behind. */
@Injectable()
export class Items {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly rows: ItemRows,
  ) {}

  /** @throws {CodedError} `queue-item-not-found` */
  async one(queueId: string, itemId: number): Promise<Item> {
    const [item] = await this.of(await this.rows.find(queueId, [itemId]));
    if (!item) throw new CodedError('queue-item-not-found', { itemId, queueId });
    return item;
  }

  async first(rows: readonly ItemRow[]): Promise<Item | null> {
    return (await this.of(rows.slice(0, 1)))[0] ?? null;
  }

  /** In the order of the rows. */
  async of(rows: readonly ItemRow[]): Promise<readonly Item[]> {
    const streams = await this.store.readStreams(rows.map(({ jobId }) => streamIdOf('job', jobId)));
    const items = rows.flatMap(({ itemId, jobId }) => {
      const events = streams.get(streamIdOf('job', jobId)) ?? [];
      const job = foldJob(events);
      if (job.status === 'unknown') return [];
      return [{ itemId, job, version: events.length, updatedAt: events.at(-1)?.recordedAt ?? job.submittedAt }];
    });
    const retried = items.flatMap(({ job }) => job.retryOf?.jobId ?? []);
    const numbers = new Map(
      retried.length === 0 ? [] : (await this.rows.numbered(retried)).map(({ itemId, jobId }) => [jobId, itemId]),
    );
    return items.map((item) => ({ ...item, retriedFrom: numberOf(item.job, numbers) }));
  }
}

function numberOf({ retryOf }: Job, numbers: ReadonlyMap<JobId, number>): number | null {
  return retryOf === null ? null : (numbers.get(retryOf.jobId) ?? null);
}
