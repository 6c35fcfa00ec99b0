import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dispatcherCommands, type RetriedJob } from '@necrocode/contracts';
import { jobDecider, Rejection } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { act, startTestGateway, type TestGateway } from '../spec/test-gateway.js';
import { CancelledJob } from '../spec/cancelled-job.js';

let gateway: TestGateway;
let old: CancelledJob;

beforeAll(async () => {
  gateway = await startTestGateway();
  old = new CancelledJob(gateway);
  await old.submit();
  const made = new Set<string>();
  gateway.answer(dispatcherCommands.retryJob, async ({ jobId, retriedBy }) => {
    if (jobId !== old.jobId) throw new Rejection(made.has(retriedBy) ? 'idempotency-conflict' : 'job-completed');
    if (made.has(retriedBy)) return { jobId: retriedBy, repeated: true };
    made.add(retriedBy);
    const { spec, tasks } = await gateway.open.platform.store
      .readStream(`job-${jobId}`)
      // Cast: the first event of a job.
      .then(([first]) => first?.data as Pick<Parameters<typeof submit>[0], 'spec' | 'tasks'>);
    const reusedFrom = { jobId, executionId: old.executionId };
    const retryOf = {
      jobId,
      generation: 2,
      runnerId: old.runnerId,
      restore: [{ key: 'train', path: 'a', location: 'kept/a', digest: 'sha256:1' }],
      runsAgain: [{ key: 'report', because: 'artifacts-gone' as const }],
    };
    const again = tasks.map((task) => ({
      ...task,
      taskId: newId('task'),
      ...(task.key === 'train' && { reusedFrom }),
    }));
    await submit({ type: 'SubmitJob', jobId: retriedBy, spec, tasks: again, retryOf, at: new Date().toISOString() });
    return { jobId: retriedBy, repeated: false };
  });
}, 60_000);
afterAll(() => gateway.close());

const submit = (command: Extract<Parameters<typeof jobDecider.decide>[0], { type: 'SubmitJob' }>) =>
  act(gateway, jobDecider, 'job', command.jobId, command.jobId, command);
const retry = (jobId: string, key: string, body?: unknown) =>
  gateway.call('POST', `/jobs/${jobId}/retry`, { headers: { 'idempotency-key': key }, body });

describe('POST /jobs/{jobId}/retry', () => {
  it('answers with the new job and what it reuses; the same key is the same retry, for another job a conflict', async () => {
    const first = await retry(old.jobId, 'once');
    const answer = (await first.json()) as RetriedJob;
    expect([first.status, first.headers.get('location')]).toEqual([201, `/api/jobs/${answer.jobId}`]);
    expect(answer).toMatchObject({
      ...{ retryOf: old.jobId, generation: 2, repeated: false, reused: ['train'], restored: 1 },
      runsAgain: [{ key: 'report', because: 'artifacts-gone' }],
    });
    const second = await retry(old.jobId, 'once', {});
    expect([second.status, await second.json()]).toEqual([200, { ...answer, repeated: true }]);
    const other = await retry(newId('job'), 'once');
    expect([other.status, await other.json()]).toMatchObject([409, { code: 'idempotency-conflict' }]);
    const job = await gateway.call('GET', `/jobs/${answer.jobId}`);
    expect(await job.json()).toMatchObject({
      ...{ retryOf: old.jobId, generation: 2, retriedBy: null },
      tasks: [{ status: 'completed', reusedFrom: { jobId: old.jobId }, executions: [] }, { reusedFrom: null }],
    });
  });

  it('refuses what the dispatcher refuses, and options there are not', async () => {
    const refused = await retry(newId('job'), 'new');
    expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'job-completed', retryable: false }]);
    const unknown = await retry(old.jobId, 'more', { from: 'train' });
    expect([unknown.status, await unknown.json()]).toMatchObject([400, { code: 'validation-failed' }]);
  });
});
