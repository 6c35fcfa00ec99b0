import { cancellationCommands, type CommandRequest } from '@necrocode/contracts';
import type { BulkRequest } from '@necrocode/domain';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { type BulkAnswer, type BulkOrder, RequestBulk } from './request-bulk.js';

@Controller()
export class RequestBulkController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(RequestBulk) private readonly bulks: RequestBulk,
  ) {}

  @CommandHandler(cancellationCommands.planBulk)
  plan({ meta, body }: CommandRequest<BulkRequest>): ReturnType<RequestBulk['plan']> {
    return this.bulks.plan(body, meta);
  }

  @CommandHandler(cancellationCommands.requestBulk)
  request({ meta, body }: CommandRequest<BulkOrder>): Promise<BulkAnswer> {
    return this.bulks.handle(body, meta);
  }
}
