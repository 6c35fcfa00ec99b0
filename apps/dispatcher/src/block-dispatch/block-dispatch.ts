import type { CommandMeta } from '@necrocode/contracts';
import {
  type CancellationId,
  type Cascade,
  type JobFacts,
  type JobId,
  knownJob,
  type SparedTask,
  type TaskId,
} from '@necrocode/domain';
import type { Logger } from '@necrocode/service-kit';
import type { DescribeJob } from '../describe-job/describe-job.js';
import { causedByCommand } from '../streams/cause.js';
import type { Jobs } from '../streams/jobs.js';

export interface BlockDispatchOrder {
  readonly cancellationId: CancellationId;
  readonly jobId: JobId;
  /** null for the whole job */
  readonly taskId: TaskId | null;
  readonly cascade: Cascade;
}

export interface DispatchIsBlocked {
  readonly facts: JobFacts;
  readonly taskIds: TaskId[];
  /** What depends on the target task and is left alone. */
  readonly spared: SparedTask[];
}

/** Makes sure that nothing of a cancellation's tasks is assigned any more, and answers how the job stands then. */
export class BlockDispatch {
  constructor(
    private readonly jobs: Jobs,
    private readonly describeJob: DescribeJob,
    private readonly logger: Logger,
  ) {}

  /**
   * Repeatable: the cancellation is the command, whatever id a request has. `taskIds` is empty when there was nothing left to block.
   * @throws {Rejection} `job-not-found`, `task-not-found`
   */
  async handle(order: BlockDispatchOrder, meta: CommandMeta): Promise<DispatchIsBlocked> {
    const { jobId, cancellationId } = order;
    const command = { type: 'BlockDispatch' as const, ...order, at: new Date().toISOString() };
    const cause = { ...causedByCommand(meta, jobId), id: `block-dispatch/${cancellationId}` };
    const { state, repeated } = await this.jobs.handle(jobId, command, cause);
    const mine = knownJob(state).cancellations.find((blocked) => blocked.cancellationId === cancellationId);
    const taskIds = [...(mine?.taskIds ?? [])];
    if (!repeated) this.logger.info({ jobId, cancellationId, tasks: taskIds.length }, 'dispatch blocked');
    return { facts: await this.describeJob.describe(state), taskIds, spared: [...(mine?.spared ?? [])] };
  }
}
