import { type CommandRequest, runnerMonitorCommands } from '@necrocode/contracts';
import type { ExecutionEnding, ExecutionStop } from '@necrocode/domain';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { StopExecutions } from './stop-executions.js';

@Controller()
export class StopExecutionsController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(StopExecutions) private readonly stopExecutions: StopExecutions,
  ) {}

  @CommandHandler(runnerMonitorCommands.stopExecutions)
  async stop({ meta, body }: CommandRequest<{ stops: ExecutionStop[] }>) {
    const executions = await this.stopExecutions.handle(body.stops, meta);
    return { executions: executions.map((execution) => ({ ...execution, ending: onWire(execution.ending) })) };
  }
}

/** The contract's arrays are mutable, the domain's are not: a copy is both. */
function onWire(ending: ExecutionEnding | null) {
  return ending && { ...ending, evidence: { ...ending.evidence, signals: [...ending.evidence.signals] } };
}
