import { type CommandRequest, runnerMonitorCommands } from '@necrocode/contracts';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { InspectExecutions, type Inspection } from './inspect-executions.js';

@Controller()
export class InspectExecutionsController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(InspectExecutions) private readonly inspectExecutions: InspectExecutions,
  ) {}

  @CommandHandler(runnerMonitorCommands.inspectExecutions)
  inspect({ meta, body }: CommandRequest<Inspection>) {
    return this.inspectExecutions.handle(body, meta.traceparent);
  }
}
