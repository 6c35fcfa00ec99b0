import { type CommandRequest, dispatcherCommands } from '@necrocode/contracts';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { type PausedOrNot, PauseQueue } from './pause-queue.js';

@Controller()
export class PauseQueueController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(PauseQueue) private readonly pauseQueue: PauseQueue,
  ) {}

  @CommandHandler(dispatcherCommands.pauseQueue)
  pause({ meta, body: { queue } }: CommandRequest<{ readonly queue: string }>): Promise<PausedOrNot> {
    return this.pauseQueue.handle('PauseQueue', queue, meta);
  }

  @CommandHandler(dispatcherCommands.resumeQueue)
  resume({ meta, body: { queue } }: CommandRequest<{ readonly queue: string }>): Promise<PausedOrNot> {
    return this.pauseQueue.handle('ResumeQueue', queue, meta);
  }
}
