import { cleanerCommands, type CommandRequest } from '@necrocode/contracts';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { Clean, type CleanAsked } from './clean.js';

@Controller()
export class CleanController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(Clean) private readonly clean: Clean,
  ) {}

  @CommandHandler(cleanerCommands.clean)
  async answer({ meta, body }: CommandRequest<CleanAsked>) {
    const { done, report } = await this.clean.handle(body, meta.id);
    return { done, report: report && { ...report, artifacts: [...report.artifacts] } };
  }
}
