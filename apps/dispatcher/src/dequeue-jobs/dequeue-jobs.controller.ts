import { type CommandRequest, dispatcherCommands } from '@necrocode/contracts';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { DequeueJobs, type DequeueOrder, type NotDequeued } from './dequeue-jobs.js';

@Controller()
export class DequeueJobsController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(DequeueJobs) private readonly dequeueJobs: DequeueJobs,
  ) {}

  @CommandHandler(dispatcherCommands.dequeueJobs)
  dequeue({ meta, body }: CommandRequest<DequeueOrder>): Promise<NotDequeued> {
    return this.dequeueJobs.handle(body, meta);
  }
}
