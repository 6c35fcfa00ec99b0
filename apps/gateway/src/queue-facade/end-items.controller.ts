import { Controller, Delete, Header, Put } from '@nestjs/common';
import { type QueueItem, queueItem, queueItemsDeleted, type QueueItemsDeleted } from '@necrocode/contracts';
import { StopJob } from '../facade/stop-job.js';
import { type Caller, FromCaller } from '../http/caller.js';
import { Operation } from '../openapi/operation.js';
import { ItemRows } from './item-rows.js';
import { jobStatuses } from './item-status.js';
import { Items } from './items.js';
import { type Item, presentItem } from './present-item.js';
import { ItemId, QueueId } from './queue-params.js';

const REASON = 'cancelled through the queue API';
const problems = ['validation-failed', 'queue-item-not-found'] as const;

/** Ending one item, and forgetting those that have ended. */
@Controller('v1/queue/:queue_id')
export class EndItemsController {
  constructor(
    private readonly items: Items,
    private readonly rows: ItemRows,
    private readonly stopJob: StopJob,
  ) {}

  @Put('i/:item_id/cancel')
  @Operation({
    summary: 'Queue: cancel an item; answers when its end is proven, at the latest after 10 s',
    description:
      'An item that had ended is answered as it is. One that still runs when the wait is over is `in_progress`.',
    replies: { 200: queueItem },
    problems,
  })
  async cancelItem(
    @QueueId() queue: string,
    @ItemId() itemId: number,
    @FromCaller() caller: Caller,
  ): Promise<QueueItem> {
    await this.#stop(await this.items.one(queue, itemId), caller);
    return presentItem(await this.items.one(queue, itemId));
  }

  @Delete('i/:item_id')
  @Header('content-type', 'application/json; charset=utf-8')
  @Operation({
    summary: 'Queue: delete an item, after it was cancelled when it had not ended',
    replies: { 200: queueItem.nullable() },
    problems,
  })
  async deleteItem(@QueueId() queue: string, @ItemId() itemId: number, @FromCaller() caller: Caller): Promise<string> {
    const item = await this.items.one(queue, itemId);
    await this.#stop(item, caller);
    await this.rows.hide({ queue, jobId: item.job.jobId });
    return 'null';
  }

  @Put('prune')
  @Operation({
    summary: 'Queue: delete all items that have ended',
    replies: { 200: queueItemsDeleted },
    problems: ['validation-failed'],
  })
  async prune(@QueueId() queue: string): Promise<QueueItemsDeleted> {
    const ended = (['completed', 'failed', 'canceled'] as const).flatMap(jobStatuses);
    return { deleted: await this.rows.hide({ queue, status: ended }) };
  }

  async #stop({ job }: Item, caller: Caller): Promise<void> {
    if (job.endedAt === null) await this.stopJob.stop(job.jobId, REASON, caller);
  }
}
