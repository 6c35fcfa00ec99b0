import { type CommandRequest, dispatcherCommands } from '@necrocode/contracts';
import type { JobFacts, JobId } from '@necrocode/domain';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { DescribeJob } from './describe-job.js';

@Controller()
export class DescribeJobController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(DescribeJob) private readonly describeJob: DescribeJob,
  ) {}

  @CommandHandler(dispatcherCommands.describeJob)
  describe({ body }: CommandRequest<{ jobId: JobId }>): Promise<JobFacts> {
    return this.describeJob.handle(body.jobId);
  }
}
