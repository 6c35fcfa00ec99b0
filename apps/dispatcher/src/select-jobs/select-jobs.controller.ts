import { type CommandRequest, dispatcherCommands } from '@necrocode/contracts';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { type SelectedPage, type Selection, SelectJobs } from './select-jobs.js';

@Controller()
export class SelectJobsController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(SelectJobs) private readonly selectJobs: SelectJobs,
  ) {}

  @CommandHandler(dispatcherCommands.selectJobs)
  select({ body }: CommandRequest<Selection>): Promise<SelectedPage> {
    return this.selectJobs.handle(body);
  }
}
