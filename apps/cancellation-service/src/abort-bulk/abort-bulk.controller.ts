import { cancellationCommands, type CommandRequest } from '@necrocode/contracts';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { AbortBulk } from './abort-bulk.js';

@Controller()
export class AbortBulkController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(AbortBulk) private readonly bulks: AbortBulk,
  ) {}

  @CommandHandler(cancellationCommands.abortBulk)
  abort({ meta, body }: CommandRequest<Parameters<AbortBulk['handle']>[0]>): Promise<{ aborted: boolean }> {
    return this.bulks.handle(body, meta);
  }
}
