import { type CommandRequest, dispatcherCommands } from '@necrocode/contracts';
import type { CancellationId, JobId } from '@necrocode/domain';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { Controller, Inject } from '@nestjs/common';
import type { BlockDispatchOrder } from '../block-dispatch/block-dispatch.js';
import { type ParkedTasks, ParkTasks } from './park-tasks.js';

@Controller()
export class ParkTasksController implements AnswersCommands {
  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(ParkTasks) private readonly parkTasks: ParkTasks,
  ) {}

  @CommandHandler(dispatcherCommands.parkTasks)
  park({ meta, body }: CommandRequest<BlockDispatchOrder>): Promise<ParkedTasks> {
    return this.parkTasks.park(body, meta);
  }

  @CommandHandler(dispatcherCommands.unparkTasks)
  unpark({ meta, body }: CommandRequest<{ jobId: JobId; cancellationId: CancellationId }>): Promise<{ jobId: JobId }> {
    return this.parkTasks.unpark(body, meta);
  }
}
