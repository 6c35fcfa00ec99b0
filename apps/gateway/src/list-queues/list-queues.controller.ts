import { Controller, Get } from '@nestjs/common';
import { type QueueList, queueList, type QueueResource } from '@necrocode/contracts';
import { Operation } from '../openapi/operation.js';
import { type QueueDepth, ReadModel } from '../read-model/read-model.js';
import type { QueueRow } from '../read-model/rows.js';

@Controller('queues')
export class ListQueuesController {
  constructor(private readonly readModel: ReadModel) {}

  @Get()
  @Operation({
    summary: 'The queues in which something is open, and what; and those that are paused',
    replies: { 200: queueList },
  })
  async list(): Promise<QueueList> {
    const [depths, paused] = await Promise.all([this.readModel.openJobs(), this.readModel.pausedQueues()]);
    return { items: presentQueues(depths, paused) };
  }
}

function presentQueues(depths: readonly QueueDepth[], pausedQueues: readonly QueueRow[]): QueueResource[] {
  const empty = { queued: 0, running: 0, retrying: 0, cancelling: 0, oldestQueuedAt: null };
  const queues = new Map<string, QueueResource>(
    pausedQueues.map(({ queue, state: { paused } }) => [queue, { queue, paused, ...empty }]),
  );
  for (const { queue, status, jobs, oldest } of depths) {
    const known = queues.get(queue) ?? { queue, paused: null, ...empty };
    queues.set(queue, { ...known, [status]: jobs, ...(status === 'queued' && { oldestQueuedAt: oldest }) });
  }
  return [...queues.values()].sort((a, b) => (a.queue < b.queue ? -1 : 1));
}
