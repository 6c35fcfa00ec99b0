import { type CommandRequest, runnerMonitorCommands } from '@necrocode/contracts';
import type { RunnerId } from '@necrocode/domain';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { RunnerStreams } from '../registry/runner-streams.js';

/** Draining is a word in the runner's stream: the dispatcher assigns nothing more there, what runs there goes on. */
@Controller()
export class DrainRunnerController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(RunnerStreams) private readonly runners: RunnerStreams,
  ) {}

  @CommandHandler(runnerMonitorCommands.drainRunner)
  async drain({ meta: { id, actor, traceparent }, body: { runnerId } }: CommandRequest<{ runnerId: RunnerId }>) {
    const command = { type: 'DrainRunner' as const, runnerId, requestedBy: actor, at: new Date().toISOString() };
    await this.runners.handle(runnerId, command, { actor, commandId: id, traceparent });
    return { runnerId };
  }
}
