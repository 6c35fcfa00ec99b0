import { type CommandRequest, dispatcherCommands } from '@necrocode/contracts';
import type { BatchId } from '@necrocode/domain';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { type Batch, SubmitBatch } from './submit-batch.js';

@Controller()
export class SubmitBatchController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(SubmitBatch) private readonly submitBatch: SubmitBatch,
  ) {}

  @CommandHandler(dispatcherCommands.submitBatch)
  submit({ meta, body }: CommandRequest<Batch>): Promise<{ batchId: BatchId; repeated: boolean }> {
    return this.submitBatch.handle(body, meta);
  }
}
