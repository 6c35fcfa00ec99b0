import { randomUUID } from 'node:crypto';
import { ApiProblem, type NecrocodeClient } from '@necrocode/client';
import type { CancelJobInput, CancellationResult, JobResource, SubmitJobInput } from '@necrocode/contracts';
import { eventually } from '@necrocode/testing';

const PATIENCE = { withinMs: 120_000, everyMs: 200 };
const OVER: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);

/** A client that asks again, under the same key, for as long as what it needs is away. */
export class PatientUser {
  /** Everything it has submitted. */
  readonly jobIds: string[] = [];

  constructor(readonly client: NecrocodeClient) {}

  async submit(job: SubmitJobInput): Promise<JobResource> {
    const idempotencyKey = randomUUID();
    const { jobId } = await again(() => this.client.submitJob(job, { idempotencyKey }));
    this.jobIds.push(jobId);
    return again(() => this.client.getJob(jobId));
  }

  /** Waits for something to cancel; a job that is over in the meantime is let be. */
  untilRunning(jobId: string): Promise<void> {
    return this.until(
      jobId,
      ({ status, tasks }) => OVER.has(status) || tasks.some((task) => task.status === 'running'),
    );
  }

  untilOver(jobId: string): Promise<void> {
    return this.until(jobId, ({ status }) => OVER.has(status));
  }

  /** @returns the cancellation; null when there was nothing to cancel any more */
  async cancel(jobId: string, body: CancelJobInput = {}): Promise<string | null> {
    return this.heard((options) => this.client.cancelJob(jobId, body, options));
  }

  async cancelTask(taskId: string): Promise<string | null> {
    return this.heard((options) => this.client.cancelTask(taskId, {}, options));
  }

  async cancelLabelled(labels: Readonly<Record<string, string>>): Promise<string | null> {
    const idempotencyKey = randomUUID();
    const target = { kind: 'selector', selector: { labels: { ...labels } } } as const;
    const { cancellationId } = await again(() => this.client.cancelMany({ target }, { idempotencyKey }));
    return cancellationId;
  }

  /** @returns false when it was too late */
  async undo(cancellationId: string): Promise<boolean> {
    return again(async () => {
      try {
        await this.client.undoCancellation(cancellationId);
        return true;
      } catch (error) {
        if (error instanceof ApiProblem && error.code === 'undo-window-over') return false;
        throw error;
      }
    });
  }

  async untilSettled(cancellationId: string | null): Promise<void> {
    if (cancellationId === null) return;
    await eventually(
      async () => {
        const { status } = await this.client.findCancellation(cancellationId);
        if (status !== 'completed' && status !== 'undone') throw new Error(`${cancellationId} is ${status}`);
      },
      { ...PATIENCE, withinMs: 240_000 },
    );
  }

  private async heard(
    ask: (options: { readonly idempotencyKey: string }) => Promise<CancellationResult>,
  ): Promise<string | null> {
    const idempotencyKey = randomUUID();
    return (await again(() => ask({ idempotencyKey }))).cancellationId;
  }

  private async until(jobId: string, is: (job: JobResource) => boolean): Promise<void> {
    await eventually(
      async () => {
        const job = await this.client.getJob(jobId);
        if (!is(job)) throw new Error(`${jobId} is ${job.status}`);
      },
      { ...PATIENCE, withinMs: 240_000 },
    );
  }
}

function again<Value>(ask: () => Promise<Value>): Promise<Value> {
  return eventually(ask, PATIENCE);
}
