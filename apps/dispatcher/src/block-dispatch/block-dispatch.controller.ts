import { type CommandRequest, dispatcherCommands } from '@necrocode/contracts';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { BlockDispatch, type BlockDispatchOrder, type DispatchIsBlocked } from './block-dispatch.js';

@Controller()
export class BlockDispatchController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(BlockDispatch) private readonly blockDispatch: BlockDispatch,
  ) {}

  @CommandHandler(dispatcherCommands.blockDispatch)
  block({ meta, body }: CommandRequest<BlockDispatchOrder>): Promise<DispatchIsBlocked> {
    return this.blockDispatch.handle(body, meta);
  }
}
