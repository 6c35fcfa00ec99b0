import type { ExecutionIdentity } from '@necrocode/domain';
import type { StoredEvent } from '@necrocode/event-store';
import { causedByEvent } from '../streams/cause.js';
import type { Jobs } from '../streams/jobs.js';

/** The runner has started what it was assigned. */
export class RecordStart {
  constructor(private readonly jobs: Jobs) {}

  async handle({ jobId, taskId, executionId }: ExecutionIdentity, event: StoredEvent): Promise<void> {
    const at = new Date().toISOString();
    await this.jobs.handle(jobId, { type: 'RecordStart', taskId, executionId, at }, causedByEvent(event, jobId));
  }
}
