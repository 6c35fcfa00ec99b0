import { Controller, Delete, HttpCode, Post, Put } from '@nestjs/common';
import {
  batchIdsBody,
  destinationQuery,
  jobId as jobIdSchema,
  queueItemsCanceled,
  type QueueItemsCanceled,
  queueItemsDeleted,
  type QueueItemsDeleted,
} from '@necrocode/contracts';
import { StopJob } from '../facade/stop-job.js';
import { StopJobs } from '../facade/stop-jobs.js';
import { type Caller, FromCaller } from '../http/caller.js';
import { ParsedBody, ParsedQuery } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { batchFilter, batchIdOf } from './batch-filter.js';
import { ItemRows } from './item-rows.js';
import { jobStatuses } from './item-status.js';
import { Destination, QueueId } from './queue-params.js';

const REASON = 'cancelled through the queue API';
const problems = ['validation-failed', 'plan-changed'] as const;
const exceptCurrent = {
  summary: 'Queue: cancel every item that has not begun',
  replies: { 200: queueItemsCanceled },
  problems,
} as const;
const clearing = {
  summary: 'Queue: cancel everything, and delete every item',
  replies: { 200: queueItemsDeleted },
  problems,
} as const;

/** Ending many items at once: one bulk cancellation for each batch, queue or destination. */
@Controller('v1/queue/:queue_id')
export class EndManyController {
  constructor(
    private readonly rows: ItemRows,
    private readonly stopJob: StopJob,
    private readonly stopJobs: StopJobs,
  ) {}

  @Put('cancel_by_batch_ids')
  @Operation({
    summary: 'Queue: cancel the items of these batches',
    body: batchIdsBody,
    replies: { 200: queueItemsCanceled },
    problems,
  })
  async cancelByBatchIds(
    @QueueId() queue: string,
    @ParsedBody(batchIdsBody) { batch_ids }: { batch_ids: string[] },
    @FromCaller() caller: Caller,
  ): Promise<QueueItemsCanceled> {
    const canceled = await Promise.all([...new Set(batch_ids)].map((batch) => this.#stopBatch(queue, batch, caller)));
    return { canceled: canceled.reduce((sum, count) => sum + count, 0) };
  }

  @Put('cancel_by_destination')
  @Operation({
    summary: 'Queue: cancel the items for a destination',
    query: destinationQuery,
    replies: { 200: queueItemsCanceled },
    problems,
  })
  async cancelByDestination(
    @QueueId() queue: string,
    @ParsedQuery(destinationQuery) { destination }: { destination: string },
    @FromCaller() caller: Caller,
  ): Promise<QueueItemsCanceled> {
    return { canceled: await this.#stopDestination(queue, destination, caller) };
  }

  @Put('cancel_all_except_current')
  @Operation(exceptCurrent)
  cancelAllExceptCurrent(@QueueId() queue: string, @FromCaller() caller: Caller): Promise<QueueItemsCanceled> {
    return this.#stopPending(queue, caller);
  }

  /** Clients are found that POST what InvokeAI documents as PUT. */
  @Post('cancel_all_except_current')
  @HttpCode(200)
  @Operation(exceptCurrent)
  postCancelAllExceptCurrent(@QueueId() queue: string, @FromCaller() caller: Caller): Promise<QueueItemsCanceled> {
    return this.#stopPending(queue, caller);
  }

  @Put('delete_all_except_current')
  @Operation({
    summary: 'Queue: cancel and delete every item that has not begun',
    replies: { 200: queueItemsDeleted },
    problems,
  })
  async deleteAllExceptCurrent(@QueueId() queue: string, @FromCaller() caller: Caller): Promise<QueueItemsDeleted> {
    const pending = await this.rows.all({ queue, status: jobStatuses('pending') }, 'ASC');
    await this.#stopPending(queue, caller);
    return { deleted: await this.rows.hideItems(pending) };
  }

  @Delete('d/:destination')
  @Operation({
    summary: 'Queue: cancel and delete the items for a destination',
    replies: { 200: queueItemsDeleted },
    problems,
  })
  async deleteByDestination(
    @QueueId() queue: string,
    @Destination() destination: string,
    @FromCaller() caller: Caller,
  ): Promise<QueueItemsDeleted> {
    const items = await this.rows.all({ queue, destination }, 'ASC');
    await this.#stopDestination(queue, destination, caller);
    return { deleted: await this.rows.hideItems(items) };
  }

  @Put('clear')
  @Operation(clearing)
  clear(@QueueId() queue: string, @FromCaller() caller: Caller): Promise<QueueItemsDeleted> {
    return this.#clear(queue, caller);
  }

  @Post('clear')
  @HttpCode(200)
  @Operation(clearing)
  postClear(@QueueId() queue: string, @FromCaller() caller: Caller): Promise<QueueItemsDeleted> {
    return this.#clear(queue, caller);
  }

  async #stopBatch(queue: string, batch: string, caller: Caller): Promise<number> {
    const here = await this.rows.all(batchFilter(queue, batch), 'ASC');
    if (here.length === 0) return 0; // Nothing of it is in this queue.
    const alone = jobIdSchema.safeParse(batch);
    if (alone.success) return (await this.stopJob.stop(alone.data, REASON, caller)) ? 1 : 0;
    return this.stopJobs.stop({ kind: 'batch', batchId: batchIdOf(batch) }, REASON, caller);
  }

  #stopDestination(queue: string, destination: string, caller: Caller): Promise<number> {
    return this.stopJobs.stop({ kind: 'selector', selector: { queue, labels: { destination } } }, REASON, caller);
  }

  async #stopPending(queue: string, caller: Caller): Promise<QueueItemsCanceled> {
    const target = { kind: 'selector', selector: { queue, states: ['queued' as const] } } as const;
    return { canceled: await this.stopJobs.stop(target, REASON, caller) };
  }

  /** What is enqueued from now on is neither cancelled nor deleted: the list is made before the cancellation's own. */
  async #clear(queue: string, caller: Caller): Promise<QueueItemsDeleted> {
    const items = await this.rows.all({ queue }, 'ASC');
    await this.stopJobs.stop({ kind: 'queue', queue, mode: 'everything' }, REASON, caller);
    return { deleted: await this.rows.hideItems(items) };
  }
}
