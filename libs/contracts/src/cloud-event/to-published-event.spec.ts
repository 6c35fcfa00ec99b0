import { expect, it } from '@jest/globals';
import type { EventRecord } from './event-record.js';
import { fromCloudEvent } from './from-cloud-event.js';
import { toCloudEvent } from './to-cloud-event.js';
import { toPublishedEvent } from './to-published-event.js';

const submitted = (...envs: Record<string, string>[]): EventRecord => ({
  id: '0190d6f2-0000-7000-8000-000000000001',
  type: 'JobSubmitted',
  schemaVersion: 1,
  data: { jobId: 'job_1', tasks: envs.map((env) => ({ command: ['train'], env })) },
  metadata: { actor: 'user:ada', correlationId: 'job_1' },
  streamId: 'job-job_1',
  streamVersion: 1,
  recordedAt: '2026-01-01T00:00:00.000Z',
  hash: 'sha256:1',
  previousHash: null,
  position: 7n,
});

it('a published event names the variables of an environment, has none of their values, and says so', () => {
  const published = toPublishedEvent(submitted({ TOKEN: 'secret' }, {}));
  expect(JSON.stringify(published)).not.toContain('secret');
  expect(published).toMatchObject({
    withheld: 'data.tasks.env',
    hash: 'sha256:1',
    data: { tasks: [{ command: ['train'], env: { TOKEN: '[withheld]' } }, { env: {} }] },
  });
  expect(fromCloudEvent(published)).toMatchObject({ position: 7n, type: 'JobSubmitted' });
});

it('is the whole event where there is nothing to withhold', () => {
  for (const event of [submitted({}), { ...submitted(), type: 'JobCompleted', data: { at: 'now' } }])
    expect(toPublishedEvent(event)).toEqual(toCloudEvent(event));
});
