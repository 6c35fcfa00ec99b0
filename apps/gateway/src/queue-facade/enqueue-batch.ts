import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  dispatcherCommands,
  type EnqueueBatch,
  type EnqueueBatchResult,
  MOST_QUEUE_ITEMS,
  submitJobBody,
  type SubmitJobBody,
} from '@necrocode/contracts';
import type { JobId } from '@necrocode/domain';
import { CodedError } from '@necrocode/service-kit';
import type { Caller } from '../http/caller.js';
import { Services } from '../services/services.js';
import { jobToSubmit } from '../submit-job/job-to-submit.js';
import { EventBell } from '../wake/event-bell.js';
import { Shutdown } from '../wake/shutdown.js';
import { batchIdOf } from './batch-filter.js';
import { expandGraph, requestedItems } from './expand-batch.js';
import { ItemRows } from './item-rows.js';
import { jobOfGraph } from './job-of-graph.js';
import { QUEUED_AS, type QueuedAs } from './queued-as.js';

/** Of a job that names none, and of one that is to go before all others. */
const USUAL_PRIORITY = 50;
const FIRST_PRIORITY = 100;

/** How long the numbers of new items are waited for; they come with the relay's next round. */
const NUMBERED_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 250;

/** Submits the items of a batch as jobs, in one append, and answers when they have their numbers. */
@Injectable()
export class EnqueueItems {
  constructor(
    private readonly services: Services,
    private readonly rows: ItemRows,
    private readonly bell: EventBell,
    private readonly shutdown: Shutdown,
  ) {}

  async enqueue(queue: string, { batch, prepend }: EnqueueBatch, caller: Caller): Promise<EnqueueBatchResult> {
    const name = batch.batch_id ?? randomUUID();
    const batchId = batchIdOf(name);
    const priority = prepend ? FIRST_PRIORITY : USUAL_PRIORITY;
    const bodies = jobsOf(queue, { ...batch, batch_id: name }, prepend);
    const jobs = bodies.map((body) => {
      const { jobId, spec, tasks } = jobToSubmit(body, caller.principal, undefined, undefined);
      return { jobId, spec: { ...spec, batchId }, tasks: [...tasks] };
    });
    await this.services.ask(dispatcherCommands.submitBatch, { batchId, jobs }, caller);
    const itemIds = await this.#numbers(jobs.map(({ jobId }) => jobId));
    const { origin = null, destination = null, runs } = batch;
    return {
      queue_id: queue,
      enqueued: itemIds.length,
      requested: requestedItems(batch),
      batch: { batch_id: name, origin, destination, runs },
      priority,
      item_ids: itemIds.reverse(),
    };
  }

  async #numbers(jobIds: readonly JobId[]): Promise<number[]> {
    const deadline = performance.now() + NUMBERED_WITHIN_MS;
    const { signal } = this.shutdown;
    const listener = this.bell.listenToAll();
    try {
      for (;;) {
        const rows = await this.rows.numbered(jobIds);
        if (rows.length === jobIds.length) return rows.map(({ itemId }) => itemId);
        // They are stored and will run; only their numbers are missing.
        if (performance.now() > deadline || signal.aborted)
          throw new CodedError('service-unavailable', { service: 'relay' });
        await listener.wait(LOOK_EVERY_MS, signal);
      }
    } finally {
      listener.close();
    }
  }
}

/** @throws {CodedError} `validation-failed` for a graph no job can be made of */
function jobsOf(queue: string, batch: EnqueueBatch['batch'], prepend: boolean): readonly SubmitJobBody[] {
  const { graph, jobs = [], origin, destination, workflow = null, runs } = batch;
  const labels = { ...(origin ? { origin } : {}), ...(destination ? { destination } : {}) };
  const queuedAs: QueuedAs = {
    batchId: batch.batch_id ?? '',
    graphId: graph?.id ?? null,
    nodeIds: {},
    fieldValues: [],
    workflow,
  };
  if (graph === undefined) {
    const all = Array.from({ length: runs }, () => jobs).flat();
    return all.slice(0, MOST_QUEUE_ITEMS).map((job) => ({
      ...job,
      queue,
      labels: { ...job.labels, ...labels },
      priority: prepend ? FIRST_PRIORITY : job.priority,
      // Cast: all of it came as JSON.
      metadata: { ...job.metadata, [QUEUED_AS]: queuedAs } as SubmitJobBody['metadata'],
    }));
  }
  return expandGraph({ ...batch, graph }, MOST_QUEUE_ITEMS).map((item) => {
    const { tasks, nodeIds } = jobOfGraph(item.graph);
    return parseJob({
      name: graph.id ?? 'graph',
      queue,
      labels,
      priority: prepend ? FIRST_PRIORITY : USUAL_PRIORITY,
      metadata: { [QUEUED_AS]: { ...queuedAs, nodeIds, fieldValues: item.fieldValues } },
      tasks,
    });
  });
}

function parseJob(job: unknown): SubmitJobBody {
  const parsed = submitJobBody.safeParse(job);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path, message }) => ({ path: `batch.graph.${path.join('.')}`, message }));
  throw new CodedError('validation-failed', {}, { fields });
}
