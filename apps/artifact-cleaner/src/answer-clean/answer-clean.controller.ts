import { cleanerCommands, type CommandRequest } from '@necrocode/contracts';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { AnswerClean, type CleanAsked } from './answer-clean.js';

@Controller()
export class AnswerCleanController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(AnswerClean) private readonly answerClean: AnswerClean,
  ) {}

  @CommandHandler(cleanerCommands.clean)
  async clean({ meta, body }: CommandRequest<CleanAsked>) {
    const { done, report } = await this.answerClean.handle(body, meta);
    // The contract's arrays are mutable, the domain's are not: a copy is both.
    return { done, report: report && { ...report, artifacts: [...report.artifacts] } };
  }
}
