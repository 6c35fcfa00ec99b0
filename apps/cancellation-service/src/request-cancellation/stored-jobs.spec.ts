import { describe, expect, it } from '@jest/globals';
import { streamIdOf } from '@necrocode/contracts';
import { dataOf, InMemoryEventStore } from '@necrocode/event-store';
import { newId } from '@necrocode/service-kit';
import { randomUUID } from 'node:crypto';
import { StoredJobs } from './stored-jobs.js';

const store = new InMemoryEventStore();
const jobs = new StoredJobs(store);
const at = '2026-01-01T00:00:00.000Z';

describe('a job as it is stored', () => {
  it('is what its events made of it', async () => {
    const [jobId, by] = [newId('job'), newId('can')];
    const dequeued = { type: 'JobCancelled', jobId, dequeued: { cancellationId: by }, at };
    const submitted = {
      type: 'JobSubmitted',
      jobId,
      spec: { name: 'j', queue: 'default', priority: 50, labels: {}, metadata: {}, owner: 'me' },
      tasks: [],
      at,
    };
    const events = [submitted, dequeued].map((event) => ({
      id: randomUUID(),
      type: event.type,
      schemaVersion: 1,
      data: dataOf(event),
      metadata: { actor: 'user:me', correlationId: jobId },
    }));
    await store.append([{ streamId: streamIdOf('job', jobId), expectedVersion: 0, events }]);
    expect(await jobs.describe(jobId)).toMatchObject({ jobId, status: 'cancelled', executions: [], heldSlots: [] });
  });

  it('is refused when nobody submitted it', async () => {
    await expect(jobs.describe(newId('job'))).rejects.toThrow('job-not-found');
  });
});
