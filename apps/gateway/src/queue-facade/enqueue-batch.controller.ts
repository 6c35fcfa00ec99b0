import { Controller, HttpCode, Post } from '@nestjs/common';
import { type EnqueueBatch, enqueueBatchBody, type EnqueueBatchResult, enqueueBatchResult } from '@necrocode/contracts';
import { type Caller, FromCaller } from '../http/caller.js';
import { ParsedBody } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { EnqueueItems } from './enqueue-batch.js';
import { QueueId } from './queue-params.js';

@Controller('v1/queue/:queue_id')
export class EnqueueBatchController {
  constructor(private readonly items: EnqueueItems) {}

  @Post('enqueue_batch')
  @HttpCode(200)
  @Operation({
    summary: 'Queue: a graph whose nodes are functions, or jobs, as items of the queue',
    body: enqueueBatchBody,
    replies: { 200: enqueueBatchResult },
    problems: ['validation-failed', 'malformed-json', 'body-too-large'],
  })
  enqueueBatch(
    @QueueId() queue: string,
    @ParsedBody(enqueueBatchBody) body: EnqueueBatch,
    @FromCaller() caller: Caller,
  ): Promise<EnqueueBatchResult> {
    return this.items.enqueue(queue, body, caller);
  }
}
