import { type CommandRequest, runnerMonitorCommands } from '@necrocode/contracts';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { HoldExecutions, type HoldOrder } from './hold-executions.js';

@Controller()
export class HoldExecutionsController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(HoldExecutions) private readonly holdExecutions: HoldExecutions,
  ) {}

  @CommandHandler(runnerMonitorCommands.holdExecutions)
  async hold({ meta, body }: CommandRequest<HoldOrder>) {
    return { executions: [...(await this.holdExecutions.handle(body, meta.traceparent))] };
  }
}
