import { type CommandRequest, dispatcherCommands } from '@necrocode/contracts';
import type { JobFacts, JobId } from '@necrocode/domain';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { SettleJob } from './settle-job.js';

@Controller()
export class SettleJobController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(SettleJob) private readonly settleJob: SettleJob,
  ) {}

  @CommandHandler(dispatcherCommands.settleJob)
  settle({ body }: CommandRequest<{ jobId: JobId }>): Promise<JobFacts> {
    return this.settleJob.handle(body.jobId);
  }
}
