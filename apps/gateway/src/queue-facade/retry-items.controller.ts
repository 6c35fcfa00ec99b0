import { Controller, Put } from '@nestjs/common';
import { dispatcherCommands, queueItemsRetried, type QueueItemsRetried, retryItemsBody } from '@necrocode/contracts';
import { idOf, RemoteProblem } from '@necrocode/service-kit';
import { type Caller, FromCaller } from '../http/caller.js';
import { uuidOfKey } from '../http/idempotency-key.js';
import { ParsedBody } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { Services } from '../services/services.js';
import { type ItemRow, ItemRows } from './item-rows.js';
import { jobStatuses } from './item-status.js';
import { QueueId } from './queue-params.js';

/** Not an item to do again, or not yet: InvokeAI leaves such items out as well. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'job-not-over',
  'job-completed',
  'job-not-cleaned',
  'job-already-retried',
]);

/** Doing items again that failed or were canceled. */
@Controller('v1/queue/:queue_id')
export class RetryItemsController {
  constructor(
    private readonly rows: ItemRows,
    private readonly services: Services,
  ) {}

  @Put('retry_items_by_id')
  @Operation({
    summary: 'Queue: do items again that failed or were canceled; others are left out',
    body: retryItemsBody,
    replies: { 200: queueItemsRetried },
    problems: ['validation-failed'],
  })
  async retry(
    @QueueId() queue: string,
    @ParsedBody(retryItemsBody) itemIds: number[],
    @FromCaller() caller: Caller,
  ): Promise<QueueItemsRetried> {
    const over = (['failed', 'canceled'] as const).flatMap(jobStatuses);
    const rows = await this.rows.find(queue, [...new Set(itemIds)], over);
    const retried = await Promise.all(rows.map((row) => this.#retryOne(row, caller)));
    return { queue_id: queue, retried_item_ids: rows.map(({ itemId }) => itemId).filter((_, index) => retried[index]) };
  }

  /** An item is done again once, however often it is asked for: the new job's id follows from the old one's. */
  async #retryOne({ jobId }: ItemRow, caller: Caller): Promise<boolean> {
    const retriedBy = idOf('job', uuidOfKey('queue', 'retried item', jobId));
    try {
      const { repeated } = await this.services.ask(dispatcherCommands.retryJob, { jobId, retriedBy }, caller);
      return !repeated;
    } catch (error) {
      if (error instanceof RemoteProblem && LEFT_OUT.has(error.problem.code)) return false;
      throw error;
    }
  }
}
