import {
  cancellationCommands,
  dispatcherCommands,
  type EnqueueBatchResult,
  type QueueItemList,
} from '@necrocode/contracts';
import { type JobCommand, jobDecider, type JobId } from '@necrocode/domain';
import { eventually } from '@necrocode/testing';
import { CancelledJob } from './cancelled-job.js';
import { act, startTestGateway, type TestGateway } from './test-gateway.js';

/** Two nodes, the second with the output of the first. */
export const graph = {
  id: 'sdxl',
  nodes: {
    'noise:1': { id: 'noise:1', type: 'noise', seed: 7, use_cache: true },
    denoise: { id: 'denoise', type: 'denoise_latents', steps: 20 },
  },
  edges: [{ source: { node_id: 'noise:1', field: 'noise' }, destination: { node_id: 'denoise', field: 'noise' } }],
};

/** A gateway whose dispatcher takes batches, and whose cancellation service ends the jobs that run here. */
export class QueueStage {
  readonly #jobs = new Map<JobId, CancelledJob>();

  private constructor(readonly gateway: TestGateway) {}

  static async set(): Promise<QueueStage> {
    const stage = new QueueStage(await startTestGateway());
    stage.#answer();
    return stage;
  }

  strike(): Promise<void> {
    return this.gateway.close();
  }

  /** As the client of the seed sends them: with `requests`, so a PUT has no body and no content type. */
  async call<Reply>(method: string, path: string, body?: unknown): Promise<readonly [number, Reply]> {
    const response = await this.gateway.call(method, `/v1/queue/${path}`, body === undefined ? {} : { body });
    return [response.status, (await response.json()) as Reply]; // Cast: the spec looks at it.
  }

  async enqueue(queue: string, batch: object, prepend = false): Promise<EnqueueBatchResult> {
    return (await this.call<EnqueueBatchResult>('POST', `${queue}/enqueue_batch`, { batch, prepend }))[1];
  }

  /** A job of the queue that runs, and its number there. */
  async running(queue: string): Promise<{ readonly job: CancelledJob; readonly itemId: number }> {
    const job = new CancelledJob(this.gateway, { queue });
    this.#jobs.set(job.jobId, job);
    await job.registerRunner();
    await job.submit();
    await job.start();
    const itemId = await eventually(async () => {
      const [, { items }] = await this.call<QueueItemList>('GET', `${queue}/list?status=in_progress`);
      const item = items.find(({ necrocode }) => necrocode.job_id === job.jobId);
      if (!item) throw new Error('not listed yet');
      return item.item_id;
    });
    return { job, itemId };
  }

  #answer(): void {
    this.gateway.answer(dispatcherCommands.submitBatch, async ({ batchId, jobs }) => {
      const at = new Date().toISOString();
      for (const job of jobs) {
        const command: JobCommand = { type: 'SubmitJob', ...job, at };
        await act(this.gateway, jobDecider, 'job', job.jobId, job.jobId, command);
      }
      return { batchId, repeated: false };
    });
    this.gateway.answer(cancellationCommands.requestCancellation, async ({ request }) => {
      const job = this.#jobs.get(request.target.jobId);
      if (!job) throw new Error('no such job in this spec');
      await job.request();
      await job.block();
      await job.end();
      await job.clean();
      await job.certify();
      return { result: 'accepted' as const, cancellationId: job.cancellationId };
    });
  }
}
