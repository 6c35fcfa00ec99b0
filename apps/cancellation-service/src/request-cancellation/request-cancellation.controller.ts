import { cancellationCommands, type CommandRequest } from '@necrocode/contracts';
import type { CancellationRequest } from '@necrocode/domain';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { type RequestAnswer, RequestCancellation } from './request-cancellation.js';

@Controller()
export class RequestCancellationController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(RequestCancellation) private readonly requests: RequestCancellation,
  ) {}

  @CommandHandler(cancellationCommands.requestCancellation)
  request({
    meta,
    body,
  }: CommandRequest<{ request: CancellationRequest; planToken: string | null }>): Promise<RequestAnswer> {
    return this.requests.handle(body.request, meta, body.planToken);
  }
}
