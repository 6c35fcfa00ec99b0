import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CancellationPage,
  type CancellationResource,
  dispatcherCommands,
  type JobPage,
  type JobResource,
  runnerMonitorCommands,
} from '@necrocode/contracts';
import { cancellationDecider, queueDecider, Rejection } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { CancelledJob } from '../spec/cancelled-job.js';
import { act, startTestGateway, type TestGateway } from '../spec/test-gateway.js';

let gateway: TestGateway;
let job: CancelledJob;
let queued: CancelledJob;

beforeAll(async () => {
  gateway = await startTestGateway();
  job = new CancelledJob(gateway, { name: 'first', queue: 'gpu', labels: { team: 'vision', tier: '1' } });
  await job.live();
  queued = new CancelledJob(gateway, { name: 'second', labels: { team: 'vision' } });
  await queued.submit();
  await eventually(async () => expect((await page('/jobs')).items).toHaveLength(2));
  await eventually(async () => expect((await json<CancellationPage>('/cancellations?status=completed')).total).toBe(1));
}, 60_000);
afterAll(() => gateway.close());

const json = async <Value>(path: string): Promise<Value> => (await (await gateway.call('GET', path)).json()) as Value;
const page = (path: string) => json<JobPage>(path);
const refused = async (path: string) => {
  const response = await gateway.call('GET', path);
  return [response.status, await response.json()];
};

describe('GET /jobs/{jobId}', () => {
  it('shows tasks, executions, signals and the evidence of their end', async () => {
    const shown = await json<JobResource>(`/jobs/${job.jobId}`);
    expect(shown).toMatchObject({
      status: 'cancelled',
      name: 'first',
      owner: 'user:local',
      metadata: { note: 'kept' },
      taskCounts: { cancelled: 2, running: 0 },
      cancellationId: job.cancellationId,
      cancellations: [{ cancellationId: job.cancellationId, scope: 'job' }],
      actions: [
        { action: 'cancel', possible: false, because: 'the job is cancelled already' },
        { action: 'retry', possible: true, because: null },
      ],
    });
    expect(shown.tasks).toMatchObject([
      {
        key: 'train',
        status: 'cancelled',
        neverStarted: false,
        executions: [
          {
            executionId: job.executionId,
            status: 'ended',
            containment: 'cgroup2',
            signals: [{ signal: 'SIGTERM', processes: 3 }],
            ending: { reason: 'stopped', evidence: { survivors: 0, assurance: 'kernel' } },
          },
        ],
      },
      { key: 'report', status: 'cancelled', neverStarted: true, executions: [] },
    ]);
  });

  it('names the variables of an environment and keeps their values', async () => {
    const response = await gateway.call('GET', `/jobs/${job.jobId}`);
    const text = await response.text();
    expect(text).toContain('SECRET');
    expect(text).not.toContain('hidden');
  });

  it('says that a job that has not ended can be cancelled', async () => {
    const shown = await json<JobResource>(`/jobs/${queued.jobId}`);
    expect(shown).toMatchObject({
      status: 'queued',
      actions: [
        { action: 'cancel', possible: true, because: null },
        { action: 'retry', possible: false, because: 'the job is queued' },
      ],
    });
    expect(shown.tasks.map(({ status }) => status)).toEqual(['queued', 'blocked']);
  });
});

describe('GET /tasks/{taskId}', () => {
  it('shows the task, whose job the dispatcher knows', async () => {
    gateway.answer(dispatcherCommands.findTask, ({ taskId }) => {
      if (taskId === job.trainId) return { jobId: job.jobId };
      throw new Rejection('task-not-found', { taskId });
    });
    expect(await json(`/tasks/${job.trainId}`)).toMatchObject({ key: 'train', jobId: job.jobId, status: 'cancelled' });
    expect(await refused(`/tasks/${newId('task')}`)).toMatchObject([404, { code: 'task-not-found' }]);
  });
});

describe('GET /jobs', () => {
  const names = async (query: string) => (await page(`/jobs${query}`)).items.map(({ name }) => name);

  it.each([
    ['', ['second', 'first']],
    ['?queue=gpu', ['first']],
    ['?queue=none', []],
    ['?state=cancelled', ['first']],
    ['?state=queued&state=cancelled', ['second', 'first']],
    ['?label=team%3Dvision', ['second', 'first']],
    ['?label=team%3Dvision&label=tier%3D1', ['first']],
    ['?label=tier%3D2', []],
    ['?owner=user:local&queue=default', ['second']],
    ['?owner=user:other', []],
  ])('lists newest first what fits %s', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it('pages by cursor, and newer jobs that come in between shift nothing', async () => {
    const first = await page('/jobs?limit=1');
    expect(first.items.map(({ name }) => name)).toEqual(['second']);
    const late = new CancelledJob(gateway, { name: 'late', queue: 'late' });
    await late.submit();
    await eventually(async () => expect(await names('?queue=late')).toEqual(['late']));
    const second = await page(`/jobs?limit=1&cursor=${first.nextCursor}`);
    expect(second).toMatchObject({ items: [{ name: 'first' }], nextCursor: null });
  });
});

describe('a cancellation', () => {
  it('is shown with every step, every signal and its certificate', async () => {
    const shown = await json<CancellationResource>(`/cancellations/${job.cancellationId}`);
    expect(shown).toMatchObject({
      word: 'cancelled',
      status: 'completed',
      jobId: job.jobId,
      taskId: null,
      progress: { stepsCompleted: 10, stepsTotal: 10, executionsEnded: 1, executionsTotal: 1, executionsForced: 0 },
      executions: [{ task: 'train', status: 'ended', signals: [{ signal: 'SIGTERM' }], survivors: 0 }],
      stalled: false,
      waitingFor: [],
      errors: [],
      certificate: { outcome: 'completed' },
    });
    expect(shown.steps.map(({ step }) => step)).toEqual([
      'validate',
      'block-dispatch',
      'plan',
      'dequeue',
      'terminate',
      'settle-states',
      'release',
      'clean',
      'verify',
      'certify',
    ]);
    expect(await json(`/jobs/${job.jobId}/cancellation-status`)).toEqual(shown);
    expect(await json(`/cancellations/${job.cancellationId}/certificate`)).toEqual(shown.certificate);
  });

  it('that never was is a 404 that says so', async () => {
    expect(await refused(`/jobs/${queued.jobId}/cancellation-status`)).toMatchObject([
      404,
      { code: 'job-not-cancelled' },
    ]);
  });

  it('has no certificate before it is proven, and no other word than is true', async () => {
    const running = new CancelledJob(gateway);
    await running.registerRunner();
    await running.submit();
    await running.start();
    const words: string[] = [];
    const look = async () =>
      words.push((await json<CancellationResource>(`/cancellations/${running.cancellationId}`)).word);
    await running.request();
    await look();
    expect(await refused(`/cancellations/${running.cancellationId}/certificate`)).toMatchObject([
      404,
      { code: 'certificate-not-issued', retryable: true },
    ]);
    await running.block();
    await look();
    await running.signal();
    await look();
    await running.end();
    await look();
    await running.clean();
    await look();
    await running.certify();
    await look();
    expect(words).toEqual(['requested', 'requested', 'stopping', 'stopping', 'stopping', 'cancelled']);
  });

  it('of a job known to nobody but the dispatcher yet is its newest too', async () => {
    const asked = new CancelledJob(gateway);
    await asked.submit();
    await asked.request();
    await eventually(async () =>
      expect(await json(`/jobs/${asked.jobId}/cancellation-status`)).toMatchObject({
        cancellationId: asked.cancellationId,
        word: 'requested',
      }),
    );
  });
});

describe('GET /cancellations', () => {
  it('lists newest first with how many there are, by job and status', async () => {
    const all = await json<CancellationPage>('/cancellations?limit=1&offset=0');
    expect(all.items).toHaveLength(1);
    expect(all.total).toBeGreaterThanOrEqual(1);
    expect(await json(`/cancellations?jobId=${job.jobId}&status=completed`)).toMatchObject({
      total: 1,
      items: [{ cancellationId: job.cancellationId, word: 'cancelled', stepsCompleted: 10, currentStep: null }],
    });
    expect(await json(`/cancellations?jobId=${job.jobId}&status=partial`)).toMatchObject({ total: 0, items: [] });
  });

  it('shows an interim outcome as what it is', async () => {
    const lost = new CancelledJob(gateway);
    await lost.registerRunner();
    await lost.submit();
    await lost.start();
    await lost.request();
    await lost.block();
    const proof = { acknowledgedAt: new Date().toISOString(), traceId: null, streamHash: 'sha256:0' };
    await act(gateway, cancellationDecider, 'cancellation', lost.cancellationId, lost.jobId, {
      type: 'RecordFencing',
      executionId: lost.executionId,
      at: new Date().toISOString(),
      proof,
    });
    const shown = await json<CancellationResource>(`/cancellations/${lost.cancellationId}`);
    expect(shown).toMatchObject({
      status: 'unconfirmed',
      word: 'requested',
      executions: [{ status: 'unconfirmed' }],
      certificate: { outcome: 'unconfirmed' },
    });
    expect(shown.waitingFor.join()).toContain(lost.runnerId);
    await eventually(async () =>
      expect((await json<CancellationPage>('/cancellations?status=unconfirmed')).items).toMatchObject([
        { cancellationId: lost.cancellationId, word: 'requested' },
      ]),
    );
  });
});

describe('the estate', () => {
  it('lists what became of artifacts', async () => {
    expect(await json(`/jobs/${job.jobId}/artifacts`)).toMatchObject({
      status: 'done',
      artifacts: [{ path: 'model.json', policy: 'keep', bytes: 12 }],
      filesRemoved: 3,
      leftFiles: 0,
    });
    expect(await json(`/jobs/${queued.jobId}/artifacts`)).toMatchObject({ status: 'none', artifacts: [] });
  });

  it('lists the queues in which something is open, with what has waited longest', async () => {
    const waiting = [new CancelledJob(gateway, { queue: 'deep' }), new CancelledJob(gateway, { queue: 'deep' })];
    for (const each of waiting) await each.submit();
    const busy = new CancelledJob(gateway, { queue: 'deep' });
    await busy.registerRunner();
    await busy.submit();
    await busy.start();
    const [first] = await Promise.all(waiting.map(({ jobId }) => json<{ submittedAt: string }>(`/jobs/${jobId}`)));
    const counts = { queue: 'deep', queued: 2, running: 1, retrying: 0, cancelling: 0 };
    await eventually(async () =>
      expect((await json<{ items: { queue: string }[] }>('/queues')).items).toContainEqual({
        ...counts,
        paused: null,
        oldestQueuedAt: first?.submittedAt,
      }),
    );
    await busy.fail('timed-out');
    await eventually(async () =>
      expect((await json<{ items: { queue: string }[] }>('/queues')).items).toContainEqual(
        expect.objectContaining({ queue: 'deep', queued: 2, running: 0 }),
      ),
    );
  });

  it('shows which queues are paused, since when and by whom, also where nothing is open', async () => {
    const told = { queue: 'paused', requestedBy: 'user:ada', at: new Date().toISOString() };
    const become = (type: 'PauseQueue' | 'ResumeQueue') =>
      act(gateway, queueDecider, 'queue', told.queue, 'queue-paused', { type, ...told });
    const listed = async () =>
      (await json<{ items: { queue: string }[] }>('/queues')).items.find(({ queue }) => queue === told.queue);
    await become('PauseQueue');
    const paused = { since: told.at, requestedBy: told.requestedBy };
    await eventually(async () => expect(await listed()).toMatchObject({ paused, queued: 0 }));
    await become('ResumeQueue');
    await eventually(async () => expect(await listed()).toBeUndefined());
  });

  it('lists runners and slots', async () => {
    const { items: runners } = await json<{ items: { runnerId: string }[] }>('/runners');
    expect(runners.find(({ runnerId }) => runnerId === job.runnerId)).toMatchObject({
      status: 'ready',
      capacity: 4,
      slots: [{ pool: 'gpu', slotId: job.slotId }],
      actions: [
        { action: 'drain', possible: true },
        { action: 'trust', possible: false },
      ],
    });
    const { items: pools } = await json<{ items: { pool: string; slots: { slotId: string }[] }[] }>('/slot-pools');
    expect(pools.map(({ pool }) => pool)).toEqual(['gpu']);
    expect(pools[0]?.slots.find(({ slotId }) => slotId === job.slotId)).toMatchObject({ status: 'free', holder: null });
  });

  it('drains a runner by asking its monitor', async () => {
    const drained: string[] = [];
    gateway.answer(runnerMonitorCommands.drainRunner, ({ runnerId }) => {
      if (runnerId !== job.runnerId) throw new Rejection('runner-not-found', { runnerId });
      drained.push(runnerId);
      return { runnerId };
    });
    const response = await gateway.call('POST', `/runners/${job.runnerId}/drain`);
    expect([response.status, await response.json()]).toEqual([202, { runnerId: job.runnerId, status: 'draining' }]);
    expect(drained).toEqual([job.runnerId]);
    const unknown = await gateway.call('POST', `/runners/${newId('run')}/drain`);
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { code: 'runner-not-found' }]);
  });
});
