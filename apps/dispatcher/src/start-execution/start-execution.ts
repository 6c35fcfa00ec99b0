import { streamIdOf } from '@necrocode/contracts';
import type { ExecutionId, JobId, TaskId } from '@necrocode/domain';
import type { EventStore } from '@necrocode/event-store';
import type { DriveQueue, Logger } from '@necrocode/service-kit';
import { foldJob } from '../streams/jobs.js';
import type { OwnTables } from '../tables/own-tables.js';
import { SCHEMA } from '../tables/schema.js';
import type { UnassignTask } from '../unassign-task/unassign-task.js';
import type { RunnerControl } from './runner-control.js';
import { type StartOrder, startRequestOf } from './start-order.js';

/**
 * Asks runners to start what was assigned to them. Asking again is harmless, so a start is asked for until the job's stream says that
 * it happened, ended or is not wanted any more; an answer that was lost, or a runner that is away, costs time and nothing else.
 */
export class StartExecution {
  readonly #underWay = new Set<Promise<void>>();

  constructor(
    private readonly runners: RunnerControl,
    private readonly unassignTask: UnassignTask,
    private readonly store: EventStore,
    private readonly tables: OwnTables,
    private readonly starts: DriveQueue,
    private readonly logger: Logger,
  ) {}

  /** In the background; what fails is driven again. */
  begin(order: StartOrder): void {
    const { executionId, runnerId, attempt } = order.assignment;
    const { jobId } = order.job;
    const { taskId } = order.task.spec;
    this.logger.info({ jobId, taskId, executionId, runnerId, attempt }, 'task assigned');
    const asking = this.#ask(order)
      .catch((error: unknown) =>
        this.logger.warn({ err: error, executionId, runnerId }, 'start not answered; it is asked for again'),
      )
      .finally(() => this.#underWay.delete(asking));
    this.#underWay.add(asking);
  }

  /** Asks again when it is still wanted. */
  async drive(executionId: ExecutionId): Promise<void> {
    const order = await this.#findOrder(executionId);
    if (order) return this.#ask(order);
    await this.tables.query(...asQuery(this.starts.forget(executionId)));
  }

  /** Resolves when nothing that was begun is under way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #ask(order: StartOrder): Promise<void> {
    const { executionId, runnerId } = order.assignment;
    const reply = await this.runners.start(startRequestOf(order));
    if (reply.answer === 'accepted') return;
    this.logger.info({ executionId, runnerId, because: reply.because }, 'start refused');
    // A stop came first: its ending is reported like any other, and says whose stop it was. Given back, the task would start anew.
    if (reply.because === 'tombstone') return;
    await this.unassignTask.handle(order, reply.because);
  }

  async #findOrder(executionId: ExecutionId): Promise<StartOrder | null> {
    const [row] = await this.tables.query<{ jobId: JobId; taskId: TaskId }>(
      `select job_id as "jobId", task_id as "taskId" from ${SCHEMA}.assignment where execution_id = $1`,
      [executionId],
    );
    if (!row) return null;
    const stored = await this.store.readStream(streamIdOf('job', row.jobId));
    const { job } = foldJob(stored);
    const task = job.status === 'unknown' ? undefined : job.tasks.find(({ spec }) => spec.taskId === row.taskId);
    if (job.status === 'unknown' || task?.progress.status !== 'pending') return null;
    const { assignment } = task.progress;
    if (assignment.executionId !== executionId) return null;
    return { job, task, assignment, traceparent: stored.at(-1)?.metadata.traceparent };
  }
}

function asQuery({ text, values }: ReturnType<DriveQueue['forget']>): [string, unknown[]] {
  return [text, [...values]];
}
