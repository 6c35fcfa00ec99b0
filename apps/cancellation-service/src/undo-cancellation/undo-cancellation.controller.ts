import { cancellationCommands, type CommandRequest } from '@necrocode/contracts';
import type { CancellationId } from '@necrocode/domain';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { UndoCancellation } from './undo-cancellation.js';

@Controller()
export class UndoCancellationController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(UndoCancellation) private readonly undo: UndoCancellation,
  ) {}

  @CommandHandler(cancellationCommands.undoCancellation)
  async handle({ meta, body }: CommandRequest<{ cancellationId: CancellationId }>) {
    await this.undo.handle(body.cancellationId, meta);
    return { cancellationId: body.cancellationId };
  }
}
