import { Controller, Get } from '@nestjs/common';
import {
  dispatcherCommands,
  type JobResource,
  jobResource,
  type TaskResource,
  taskResource,
} from '@necrocode/contracts';
import { type JobId, Rejection, type TaskId } from '@necrocode/domain';
import { type Caller, FromCaller } from '../http/caller.js';
import { IdParam } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { Services } from '../services/services.js';
import { StreamReader } from '../streams/stream-reader.js';
import { presentJob } from './present-job.js';
import { presentTask } from './present-task.js';

@Controller()
export class JobController {
  constructor(
    private readonly streams: StreamReader,
    private readonly services: Services,
  ) {}

  @Get('jobs/:jobId')
  @Operation({
    summary: 'One job with its tasks, executions, signals, evidence and errors',
    replies: { 200: jobResource },
    problems: ['malformed-id', 'job-not-found'],
  })
  async showJob(@IdParam('jobId') jobId: JobId): Promise<JobResource> {
    const job = await this.streams.job(jobId);
    return presentJob(job, await this.streams.executions(job.tasks.flatMap((task) => task.executionIds)));
  }

  @Get('tasks/:taskId')
  @Operation({
    summary: 'One task with its executions',
    replies: { 200: taskResource },
    problems: ['malformed-id', 'task-not-found'],
  })
  async showTask(@IdParam('taskId') taskId: TaskId, @FromCaller() caller: Caller): Promise<TaskResource> {
    const { jobId } = await this.services.ask(dispatcherCommands.findTask, { taskId }, caller);
    const job = await this.streams.job(jobId);
    const task = job.tasks.find(({ spec }) => spec.taskId === taskId);
    if (!task) throw new Rejection('task-not-found', { taskId });
    return presentTask(jobId, task, await this.streams.executions(task.executionIds));
  }
}
