import type { CancellationId, EndedTarget, JobId } from '@necrocode/domain';

export interface DequeueBody {
  readonly cancellationId: CancellationId;
  readonly jobIds: readonly JobId[];
}

/** The dispatcher, as far as bulks ask it: which jobs are open, which of them wait, and who dequeued the others. */
export class ScriptedQueue {
  readonly waiting = new Set<JobId>();
  readonly started = new Set<JobId>();
  readonly dequeued = new Map<JobId, CancellationId>();
  /** What happens before the next chunk is dequeued: a race is forced here. */
  before: (order: DequeueBody) => unknown = () => undefined;
  /** The sizes of the chunks that were asked for. */
  readonly asked: number[] = [];

  select() {
    const snapshotAt = new Date().toISOString();
    return { snapshotAt, waiting: [...this.waiting], started: [...this.started], after: null };
  }

  async dequeue(order: DequeueBody): Promise<{ started: JobId[]; ended: EndedTarget[] }> {
    await this.before(order);
    this.asked.push(order.jobIds.length);
    for (const jobId of order.jobIds) {
      if (this.waiting.delete(jobId)) this.dequeued.set(jobId, order.cancellationId);
    }
    const ended = order.jobIds.flatMap((jobId): EndedTarget[] => {
      const by = this.dequeued.get(jobId);
      if (by === order.cancellationId || this.started.has(jobId)) return [];
      return [{ jobId, how: by ? 'already-cancelled' : 'already-completed', cancellationId: by ?? null }];
    });
    return { started: order.jobIds.filter((jobId) => this.started.has(jobId)), ended };
  }
}
