import { Controller, Get } from '@nestjs/common';
import { type QueueList, queueList, type QueueResource } from '@necrocode/contracts';
import { Operation } from '../openapi/operation.js';
import { type QueueDepth, ReadModel } from '../read-model/read-model.js';

@Controller('queues')
export class ListQueuesController {
  constructor(private readonly readModel: ReadModel) {}

  @Get()
  @Operation({ summary: 'The queues in which something is open, and what', replies: { 200: queueList } })
  async list(): Promise<QueueList> {
    return { items: presentQueues(await this.readModel.openJobs()) };
  }
}

function presentQueues(depths: readonly QueueDepth[]): QueueResource[] {
  const queues = new Map<string, QueueResource>();
  for (const { queue, status, jobs, oldest } of depths) {
    const known = queues.get(queue) ?? {
      queue,
      queued: 0,
      running: 0,
      retrying: 0,
      cancelling: 0,
      oldestQueuedAt: null,
    };
    queues.set(queue, { ...known, [status]: jobs, ...(status === 'queued' && { oldestQueuedAt: oldest }) });
  }
  return [...queues.values()];
}
