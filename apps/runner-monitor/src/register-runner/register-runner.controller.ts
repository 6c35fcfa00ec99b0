import { type CommandRequest, runnerMonitorCommands } from '@necrocode/contracts';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { RegisterRunner, type Registration } from './register-runner.js';

@Controller()
export class RegisterRunnerController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(RegisterRunner) private readonly registerRunner: RegisterRunner,
  ) {}

  @CommandHandler(runnerMonitorCommands.registerRunner)
  register({ meta, body }: CommandRequest<Registration>) {
    return this.registerRunner.handle(body, meta);
  }
}
