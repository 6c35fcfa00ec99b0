import { Controller, HttpCode, Post } from '@nestjs/common';
import { dispatcherCommands, type QueueState, queueState } from '@necrocode/contracts';
import { type Caller, FromCaller } from '../http/caller.js';
import { Operation } from '../openapi/operation.js';
import { QueueId } from '../queue-facade/queue-params.js';
import { Services } from '../services/services.js';

@Controller('queues/:queue')
export class PauseQueueController {
  constructor(private readonly services: Services) {}

  @Post('pause')
  @HttpCode(200)
  @Operation({
    summary: 'Let no job of a queue begin; those that have begun go on',
    replies: { 200: queueState },
    problems: ['validation-failed'],
  })
  pause(@QueueId('queue') queue: string, @FromCaller() caller: Caller): Promise<QueueState> {
    return this.services.ask(dispatcherCommands.pauseQueue, { queue }, caller);
  }

  @Post('resume')
  @HttpCode(200)
  @Operation({
    summary: 'Let jobs of a paused queue begin again',
    replies: { 200: queueState },
    problems: ['validation-failed'],
  })
  resume(@QueueId('queue') queue: string, @FromCaller() caller: Caller): Promise<QueueState> {
    return this.services.ask(dispatcherCommands.resumeQueue, { queue }, caller);
  }
}
