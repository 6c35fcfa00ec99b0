import { type CommandRequest, dispatcherCommands } from '@necrocode/contracts';
import type { JobId } from '@necrocode/domain';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { type Retry, RetryJob } from './retry-job.js';

@Controller()
export class RetryJobController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(RetryJob) private readonly retryJob: RetryJob,
  ) {}

  @CommandHandler(dispatcherCommands.retryJob)
  retry({ meta, body }: CommandRequest<Retry>): Promise<{ jobId: JobId; repeated: boolean }> {
    return this.retryJob.handle(body, meta);
  }
}
