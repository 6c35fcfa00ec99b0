import { Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import {
  type BatchStatus,
  batchStatus,
  type CountsByDestination,
  countsByDestination,
  destinationQuery,
  itemIdsQuery,
  itemsByIdsBody,
  listAllQuery,
  type ListItems,
  listItemsQuery,
  type QueueItem,
  queueItem,
  type QueueItemIds,
  queueItemIds,
  type QueueItemList,
  queueItemList,
  type QueueItemSummary,
  queueItemSummary,
  type QueueItemWithoutNulls,
  queueItemWithoutNulls,
  type QueueStatus,
  queueStatus,
} from '@necrocode/contracts';
import { ReadModel } from '../read-model/read-model.js';
import { ParsedBody, ParsedQuery } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { batchFilter } from './batch-filter.js';
import { ItemRows } from './item-rows.js';
import { countItems, jobStatuses } from './item-status.js';
import { Items } from './items.js';
import { type Item, presentItem, summariseItem, withoutNulls } from './present-item.js';
import { presentProcessor } from './processor.js';
import { ItemId, QueueId } from './queue-params.js';

const problems = ['validation-failed'] as const;

/** The reading half of InvokeAI's session queue: a queue's jobs as its items. */
@Controller('v1/queue/:queue_id')
export class ReadQueueController {
  constructor(
    private readonly rows: ItemRows,
    private readonly items: Items,
    private readonly readModel: ReadModel,
  ) {}

  @Get('list')
  @Operation({
    summary: 'Queue: items in the order they run, page by page',
    query: listItemsQuery,
    replies: { 200: queueItemList },
    problems,
  })
  async list(
    @QueueId() queue: string,
    @ParsedQuery(listItemsQuery) { limit, status, cursor }: ListItems,
  ): Promise<QueueItemList> {
    const filter = { queue, ...(status === undefined ? {} : { status: jobStatuses(status) }) };
    const rows = await this.rows.next(filter, limit + 1, cursor ?? null);
    const items = await this.items.of(rows.slice(0, limit));
    return { limit, has_more: rows.length > limit, items: items.map(presentItem) };
  }

  @Get('list_all')
  @Operation({
    summary: 'Queue: every item, at most 1,000, oldest first',
    query: listAllQuery,
    replies: { 200: queueItem.array() },
    problems,
  })
  async listAll(
    @QueueId() queue: string,
    @ParsedQuery(listAllQuery) { destination }: { destination?: string },
  ): Promise<QueueItem[]> {
    const rows = await this.rows.all({ queue, destination }, 'ASC');
    return (await this.items.of(rows.slice(0, 1_000))).map(presentItem);
  }

  @Get('item_ids')
  @Operation({
    summary: 'Queue: the numbers of all items',
    query: itemIdsQuery,
    replies: { 200: queueItemIds },
    problems,
  })
  async listIds(
    @QueueId() queue: string,
    @ParsedQuery(itemIdsQuery) { order_dir }: { order_dir: 'ASC' | 'DESC' },
  ): Promise<QueueItemIds> {
    const rows = await this.rows.all({ queue }, order_dir);
    return { item_ids: rows.map(({ itemId }) => itemId), total_count: rows.length };
  }

  @Post('items_by_ids')
  @HttpCode(200)
  @Operation({
    summary: 'Queue: these items, in the order asked for; unknown ones are left out',
    body: itemsByIdsBody,
    replies: { 200: queueItem.array() },
    problems,
  })
  async itemsByIds(
    @QueueId() queue: string,
    @ParsedBody(itemsByIdsBody) { item_ids }: { item_ids: number[] },
  ): Promise<QueueItem[]> {
    return (await this.#asked(queue, item_ids)).map(presentItem);
  }

  @Post('item_summaries_by_ids')
  @HttpCode(200)
  @Operation({
    summary: 'Queue: these items without their sessions',
    body: itemsByIdsBody,
    replies: { 200: queueItemSummary.array() },
    problems,
  })
  async summariesByIds(
    @QueueId() queue: string,
    @ParsedBody(itemsByIdsBody) { item_ids }: { item_ids: number[] },
  ): Promise<QueueItemSummary[]> {
    return (await this.#asked(queue, item_ids)).map(summariseItem);
  }

  @Get('current')
  @Header('content-type', 'application/json; charset=utf-8')
  @Operation({ summary: 'Queue: the item that runs, or null', replies: { 200: queueItem.nullable() }, problems })
  async current(@QueueId() queue: string): Promise<string> {
    return asJson(await this.#current(queue));
  }

  @Get('next')
  @Header('content-type', 'application/json; charset=utf-8')
  @Operation({
    summary: 'Queue: the item that will run next, or null',
    replies: { 200: queueItem.nullable() },
    problems,
  })
  async next(@QueueId() queue: string): Promise<string> {
    const rows = await this.rows.next({ queue, status: jobStatuses('pending') }, 1);
    return asJson(await this.items.first(rows));
  }

  @Get('status')
  @Operation({ summary: 'Queue: how many items are in each state', replies: { 200: queueStatus }, problems })
  async status(@QueueId() queue: string): Promise<QueueStatus> {
    const [counts, current, paused] = await Promise.all([
      this.rows.count({ queue }),
      this.#current(queue),
      this.readModel.pausedQueues(),
    ]);
    const counted = countItems(counts);
    const { item_id = null, batch_id = null, session_id = null } = current ? summariseItem(current) : {};
    return {
      queue: { queue_id: queue, item_id, batch_id, session_id, ...counted },
      processor: presentProcessor(
        paused.some((row) => row.queue === queue),
        counted,
      ),
    };
  }

  @Get('b/:batch_id/status')
  @Operation({ summary: 'Queue: how the items of a batch stand', replies: { 200: batchStatus }, problems })
  async batchStatus(@QueueId() queue: string, @Param('batch_id') batchId: string): Promise<BatchStatus> {
    const filter = batchFilter(queue, batchId);
    const [counts, rows] = await Promise.all([this.rows.count(filter), this.rows.next(filter, 1)]);
    const first = await this.items.first(rows);
    const { origin = null, destination = null } = first ? summariseItem(first) : {};
    return { queue_id: queue, batch_id: batchId, origin, destination, ...countItems(counts) };
  }

  @Get('counts_by_destination')
  @Operation({
    summary: 'Queue: how the items for a destination stand',
    query: destinationQuery,
    replies: { 200: countsByDestination },
    problems,
  })
  async countsByDestination(
    @QueueId() queue: string,
    @ParsedQuery(destinationQuery) { destination }: { destination: string },
  ): Promise<CountsByDestination> {
    return { queue_id: queue, destination, ...countItems(await this.rows.count({ queue, destination })) };
  }

  @Get('i/:item_id')
  @Operation({
    summary: 'Queue: one item, without the keys that would be null',
    replies: { 200: queueItemWithoutNulls },
    problems: [...problems, 'queue-item-not-found'],
  })
  async showItem(@QueueId() queue: string, @ItemId() itemId: number): Promise<QueueItemWithoutNulls> {
    return withoutNulls(presentItem(await this.items.one(queue, itemId)));
  }

  async #current(queue: string): Promise<Item | null> {
    return this.items.first(await this.rows.next({ queue, status: jobStatuses('in_progress') }, 1));
  }

  async #asked(queue: string, itemIds: readonly number[]): Promise<readonly Item[]> {
    const rows = new Map((await this.rows.find(queue, itemIds)).map((row) => [row.itemId, row]));
    return this.items.of(itemIds.flatMap((itemId) => rows.get(itemId) ?? []));
  }
}

/** Written here, for of `null` the framework makes an empty body. */
function asJson(item: Item | null): string {
  return JSON.stringify(item && presentItem(item));
}
