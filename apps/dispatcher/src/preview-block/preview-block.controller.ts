import { type CommandRequest, dispatcherCommands } from '@necrocode/contracts';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import type { BlockDispatchOrder } from '../block-dispatch/block-dispatch.js';
import { type BlockPreview, PreviewBlock } from './preview-block.js';

@Controller()
export class PreviewBlockController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(PreviewBlock) private readonly previewBlock: PreviewBlock,
  ) {}

  @CommandHandler(dispatcherCommands.previewBlock)
  preview({ body }: CommandRequest<BlockDispatchOrder>): Promise<BlockPreview> {
    return this.previewBlock.handle(body);
  }
}
