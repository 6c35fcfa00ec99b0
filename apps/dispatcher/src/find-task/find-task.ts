import { type JobId, Rejection, type TaskId } from '@necrocode/domain';
import type { OwnTables } from '../tables/own-tables.js';
import { SCHEMA } from '../tables/schema.js';

/** The job a task belongs to. */
export class FindTask {
  constructor(private readonly tables: OwnTables) {}

  /** @throws {Rejection} `task-not-found` */
  async handle(taskId: TaskId): Promise<{ jobId: JobId }> {
    const [row] = await this.tables.query<{ jobId: JobId }>(
      `select job_id as "jobId" from ${SCHEMA}.task where task_id = $1`,
      [taskId],
    );
    if (!row) throw new Rejection('task-not-found', { taskId });
    return row;
  }
}
