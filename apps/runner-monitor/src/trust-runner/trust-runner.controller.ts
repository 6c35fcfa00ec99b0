import { type CommandRequest, runnerMonitorCommands } from '@necrocode/contracts';
import type { RunnerId } from '@necrocode/domain';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { RunnerStreams } from '../registry/runner-streams.js';

/** The way out of a quarantine that no proof will end: on record, with who said so. */
@Controller()
export class TrustRunnerController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(RunnerStreams) private readonly runners: RunnerStreams,
  ) {}

  @CommandHandler(runnerMonitorCommands.trustRunner)
  async trust({ meta: { id, actor, traceparent }, body: { runnerId } }: CommandRequest<{ runnerId: RunnerId }>) {
    const command = { type: 'TrustRunner' as const, runnerId, requestedBy: actor, at: new Date().toISOString() };
    const decided = await this.runners.handle(runnerId, command, { actor, commandId: id, traceparent });
    if (decided.length > 0) this.logger.warn({ runnerId, actor }, 'quarantine ended by word, not by proof');
    return { runnerId };
  }
}
