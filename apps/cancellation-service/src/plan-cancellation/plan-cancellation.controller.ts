import { cancellationCommands, type CommandRequest } from '@necrocode/contracts';
import type { CancellationRequest } from '@necrocode/domain';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { type PlanAnswer, PlanCancellation } from './plan-cancellation.js';

@Controller()
export class PlanCancellationController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(PlanCancellation) private readonly plans: PlanCancellation,
  ) {}

  @CommandHandler(cancellationCommands.planCancellation)
  plan({
    meta,
    body,
  }: CommandRequest<{ request: CancellationRequest; planToken: string | null }>): Promise<PlanAnswer> {
    return this.plans.handle(body.request, body.planToken, meta);
  }
}
