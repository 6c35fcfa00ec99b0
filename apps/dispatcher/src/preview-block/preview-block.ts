import { dispatchedJobDecider, type JobFacts, knownJob, type SparedTask, type TaskId } from '@necrocode/domain';
import type { BlockDispatchOrder } from '../block-dispatch/block-dispatch.js';
import type { DescribeJob } from '../describe-job/describe-job.js';
import type { Jobs } from '../streams/jobs.js';

export interface BlockPreview {
  readonly before: JobFacts;
  readonly after: JobFacts;
  readonly taskIds: TaskId[];
  /** What depends on the target task and would be left alone. */
  readonly spared: SparedTask[];
}

/** What a block would do, by the same decision; nothing is appended. */
export class PreviewBlock {
  constructor(
    private readonly jobs: Jobs,
    private readonly describeJob: DescribeJob,
  ) {}

  /** @throws {Rejection} `job-not-found`, `task-not-found` */
  async handle(order: BlockDispatchOrder): Promise<BlockPreview> {
    const before = await this.jobs.load(order.jobId);
    const command = { type: 'BlockDispatch' as const, ...order, at: new Date().toISOString() };
    const after = dispatchedJobDecider.decide(command, before).reduce(dispatchedJobDecider.evolve, before);
    const mine = knownJob(after).cancellations.find(({ cancellationId }) => cancellationId === order.cancellationId);
    return {
      before: await this.describeJob.describe(before),
      after: await this.describeJob.describe(after),
      taskIds: [...(mine?.taskIds ?? [])],
      spared: [...(mine?.spared ?? [])],
    };
  }
}
