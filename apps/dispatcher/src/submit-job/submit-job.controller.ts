import { type CommandRequest, dispatcherCommands } from '@necrocode/contracts';
import type { JobId } from '@necrocode/domain';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { type Submission, SubmitJob } from './submit-job.js';

@Controller()
export class SubmitJobController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(SubmitJob) private readonly submitJob: SubmitJob,
  ) {}

  @CommandHandler(dispatcherCommands.submitJob)
  submit({ meta, body }: CommandRequest<Submission>): Promise<{ jobId: JobId; repeated: boolean }> {
    return this.submitJob.handle(body, meta);
  }
}
