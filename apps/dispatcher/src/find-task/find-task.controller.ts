import { type CommandRequest, dispatcherCommands } from '@necrocode/contracts';
import type { JobId, TaskId } from '@necrocode/domain';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { FindTask } from './find-task.js';

@Controller()
export class FindTaskController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(FindTask) private readonly findTask: FindTask,
  ) {}

  @CommandHandler(dispatcherCommands.findTask)
  find({ body }: CommandRequest<{ taskId: TaskId }>): Promise<{ jobId: JobId }> {
    return this.findTask.handle(body.taskId);
  }
}
