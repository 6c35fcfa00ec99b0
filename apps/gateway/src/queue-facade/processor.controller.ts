import { Controller, Put } from '@nestjs/common';
import { dispatcherCommands, type ProcessorStatus, processorStatus } from '@necrocode/contracts';
import { type Caller, FromCaller } from '../http/caller.js';
import { Operation } from '../openapi/operation.js';
import { Services } from '../services/services.js';
import { ItemRows } from './item-rows.js';
import { countItems } from './item-status.js';
import { presentProcessor } from './processor.js';
import { QueueId } from './queue-params.js';

const problems = ['validation-failed'] as const;

/** InvokeAI's processor: here each queue has its own. */
@Controller('v1/queue/:queue_id/processor')
export class ProcessorController {
  constructor(
    private readonly rows: ItemRows,
    private readonly services: Services,
  ) {}

  @Put('pause')
  @Operation({ summary: 'Queue: begin no further item', replies: { 200: processorStatus }, problems })
  pause(@QueueId() queue: string, @FromCaller() caller: Caller): Promise<ProcessorStatus> {
    return this.#tell('pauseQueue', queue, caller);
  }

  @Put('resume')
  @Operation({ summary: 'Queue: begin items again', replies: { 200: processorStatus }, problems })
  resume(@QueueId() queue: string, @FromCaller() caller: Caller): Promise<ProcessorStatus> {
    return this.#tell('resumeQueue', queue, caller);
  }

  async #tell(verb: 'pauseQueue' | 'resumeQueue', queue: string, caller: Caller): Promise<ProcessorStatus> {
    const { paused } = await this.services.ask(dispatcherCommands[verb], { queue }, caller);
    return presentProcessor(paused !== null, countItems(await this.rows.count({ queue })));
  }
}
