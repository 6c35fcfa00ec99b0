import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  type CancellationResource,
  jobId as jobIdSchema,
  type TrainingCancelled,
  trainingCancelled,
  type TrainingJob,
  type TrainingQueue,
  trainingQueue,
} from '@necrocode/contracts';
import { type Job, type JobId, Rejection } from '@necrocode/domain';
import { StopJob } from '../facade/stop-job.js';
import { type Caller, FromCaller } from '../http/caller.js';
import { Operation } from '../openapi/operation.js';
import { ReadModel } from '../read-model/read-model.js';
import { StreamReader } from '../streams/stream-reader.js';
import { trainingStatus } from './training-status.js';

const LISTED = 200;

/** The training server's calls, over the same jobs. */
@Controller()
export class TrainingController {
  constructor(
    private readonly streams: StreamReader,
    private readonly readModel: ReadModel,
    private readonly stopJob: StopJob,
  ) {}

  @Post('training/cancel/:job_id')
  @HttpCode(200)
  @Operation({
    summary: 'Training: cancel a job in any state; answers when its end is proven, at the latest after 10 s',
    replies: { 200: trainingCancelled },
    problems: ['job-not-found'],
  })
  async cancel(@Param('job_id') text: string, @FromCaller() caller: Caller): Promise<TrainingCancelled> {
    const jobId = jobIdSchema.safeParse(text);
    if (!jobId.success) throw new Rejection('job-not-found'); // To this API an id is any text.
    const job = await this.streams.job(jobId.data);
    const cancellation = job.endedAt === null ? await this.#stop(jobId.data, caller) : null;
    return {
      success: true,
      job_id: jobId.data,
      previous_status: trainingStatus(job),
      message: messageOf(cancellation, cancellation ? job : await this.streams.job(jobId.data)),
    };
  }

  @Get('training/queue')
  @Operation({ summary: 'Training: jobs that run and jobs that wait, in their order', replies: { 200: trainingQueue } })
  async queue(): Promise<TrainingQueue> {
    const [running, queued, queueLength] = await Promise.all([
      this.readModel.nextJobs(['running', 'cancelling'], LISTED),
      this.readModel.nextJobs(['queued', 'retrying'], LISTED),
      this.readModel.countJobs(['queued', 'retrying']),
    ]);
    return {
      queue_length: queueLength,
      running: running.map(({ state }) => present(state)),
      queued: queued.map(({ state }) => present(state)),
    };
  }

  #stop(jobId: JobId, caller: Caller): Promise<CancellationResource | null> {
    return this.stopJob.stop(jobId, 'cancelled through the training API', caller);
  }
}

function present(job: Job): TrainingJob {
  return {
    job_id: job.jobId,
    name: job.spec.name,
    status: trainingStatus(job),
    priority: job.spec.priority,
    created_at: job.submittedAt,
    started_at: job.startedAt,
  };
}

/** No more than is known: a job is called cancelled when that is proven. */
function messageOf(cancellation: CancellationResource | null, job: Job): string {
  if (cancellation === null) return `Job already finished: ${trainingStatus(job)}`;
  if (cancellation.status === 'completed') return 'Job cancelled successfully';
  return `Job is being cancelled: waiting for ${cancellation.waitingFor.join('; ')}`;
}
