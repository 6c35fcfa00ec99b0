import { streamIdOf } from '@necrocode/contracts';
import type { ExecutionIdentity } from '@necrocode/domain';
import { type EventStore, uuidV7 } from '@necrocode/event-store';

/** What the dispatcher appends when it gives a task to a runner; nothing else of it matters to the monitor. */
export async function assign(store: EventStore, execution: ExecutionIdentity): Promise<void> {
  const { jobId, taskId, ...assignment } = execution;
  const streamId = streamIdOf('job', jobId);
  const expectedVersion = (await store.readStream(streamId)).length;
  const event = {
    id: uuidV7(),
    type: 'TaskAssigned',
    schemaVersion: 1,
    data: { jobId, taskId, assignment, at: new Date().toISOString() },
    metadata: { actor: 'service:dispatcher', correlationId: jobId },
  };
  await store.append([{ streamId, expectedVersion, events: [event] }]);
}
