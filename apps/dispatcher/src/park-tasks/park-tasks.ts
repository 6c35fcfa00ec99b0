import type { CommandMeta } from '@necrocode/contracts';
import { type CancellationId, type JobFacts, type JobId, knownJob, type TaskId } from '@necrocode/domain';
import type { Logger } from '@necrocode/service-kit';
import type { BlockDispatchOrder } from '../block-dispatch/block-dispatch.js';
import type { DescribeJob } from '../describe-job/describe-job.js';
import { causedByCommand } from '../streams/cause.js';
import type { Jobs } from '../streams/jobs.js';

export interface ParkedTasks {
  readonly facts: JobFacts;
  readonly taskIds: TaskId[];
}

/** Assigns nothing of a cancellation's tasks while it can still be undone. Repeatable: the cancellation is the command. */
export class ParkTasks {
  constructor(
    private readonly jobs: Jobs,
    private readonly describeJob: DescribeJob,
    /** Something may have become assignable. */
    private readonly wake: () => void,
    private readonly logger: Logger,
  ) {}

  /** @throws {Rejection} `job-not-found`, `task-not-found` */
  async park(order: BlockDispatchOrder, meta: CommandMeta): Promise<ParkedTasks> {
    const { jobId, cancellationId } = order;
    const command = { type: 'ParkTasks' as const, ...order, at: new Date().toISOString() };
    const cause = { ...causedByCommand(meta, jobId), id: `park-tasks/${cancellationId}` };
    const { state } = await this.jobs.handle(jobId, command, cause);
    const mine = knownJob(state).parked.find((each) => each.cancellationId === cancellationId);
    const taskIds = [...(mine?.taskIds ?? [])];
    this.logger.info({ jobId, cancellationId, tasks: taskIds.length }, 'tasks parked');
    return { facts: await this.describeJob.describe(state), taskIds };
  }

  /** @throws {Rejection} `job-not-found` */
  async unpark(
    { jobId, cancellationId }: { readonly jobId: JobId; readonly cancellationId: CancellationId },
    meta: CommandMeta,
  ): Promise<{ readonly jobId: JobId }> {
    const command = { type: 'UnparkTasks' as const, cancellationId, at: new Date().toISOString() };
    const cause = { ...causedByCommand(meta, jobId), id: `unpark-tasks/${cancellationId}` };
    await this.jobs.handle(jobId, command, cause);
    this.wake();
    this.logger.info({ jobId, cancellationId }, 'tasks unparked');
    return { jobId };
  }
}
