import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JobAsItWas, JobHistory, JobResource, Replay } from '@necrocode/contracts';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { CancelledJob } from '../spec/cancelled-job.js';
import { startTestGateway, type TestGateway } from '../spec/test-gateway.js';

let gateway: TestGateway;
let job: CancelledJob;
let history: JobHistory;

beforeAll(async () => {
  gateway = await startTestGateway();
  job = new CancelledJob(gateway);
  await job.live();
  const { store } = gateway.open.platform;
  await eventually(async () => {
    history = await json<JobHistory>(`/jobs/${job.jobId}/history`);
    expect(history.events.at(-1)?.position).toBe(String(await store.lastPosition()));
  });
}, 60_000);
afterAll(() => gateway.close());

const json = async <Value>(path: string): Promise<Value> => (await (await gateway.call('GET', path)).json()) as Value;
const refused = async (path: string) => {
  const response = await gateway.call('GET', path);
  return [response.status, await response.json()];
};
const momentOf = (type: string) => {
  const event = history.events.find((each) => each.type === type);
  if (!event) throw new Error(`no ${type} in the history`);
  return event;
};
const jobAt = (at: string) => json<JobAsItWas>(`/jobs/${job.jobId}/history?at=${encodeURIComponent(at)}`);

describe('GET /jobs/{jobId}/history', () => {
  it('names the moments of the job, its executions, slots, cleanup and cancellation, in order', () => {
    const types = history.events.map(({ type }) => type);
    expect(types[0]).toBe('JobSubmitted');
    for (const type of ['SlotLeased', 'ExecutionSignalled', 'CleanupCompleted', 'CancellationCompleted']) {
      expect(types).toContain(type);
    }
    const positions = history.events.map(({ position }) => BigInt(position));
    expect([...positions].sort((one, other) => Number(one - other))).toEqual(positions);
  });

  it('shows the job at a position as it was then, whatever became of it', async () => {
    expect(await jobAt(momentOf('JobSubmitted').position)).toMatchObject({
      job: { status: 'queued', cancellationId: null },
      slots: [],
      cleanup: { status: 'none' },
    });
    expect(await jobAt(momentOf('TaskStarted').position)).toMatchObject({
      job: { status: 'running', endedAt: null, tasks: [{ executions: [{ status: 'running', signals: [] }] }, {}] },
      slots: [{ slotId: job.slotId, status: 'leased', executionId: job.executionId }],
    });
    expect(await jobAt(momentOf('ExecutionSignalled').position)).toMatchObject({
      job: { status: 'cancelling', tasks: [{ executions: [{ status: 'terminating', signals: [{}] }] }, {}] },
    });
    expect(await jobAt(momentOf('SlotSoiled').position)).toMatchObject({ slots: [{ status: 'soiled' }] });
    expect(await jobAt(momentOf('CleanupRequested').position)).toMatchObject({
      slots: [],
      cleanup: { status: 'open', artifacts: [] },
    });
  });

  it('shows the job at an instant, and at the last moment as it is now', async () => {
    const { recordedAt, position } = momentOf('TaskStarted');
    const then = await jobAt(recordedAt);
    expect(BigInt(then.position)).toBeGreaterThanOrEqual(BigInt(position));
    expect(then.job.startedAt).not.toBeNull();
    const now = await jobAt('2999-01-01T00:00:00+02:00');
    expect(now.job).toEqual(await json<JobResource>(`/jobs/${job.jobId}`));
    expect(now).toMatchObject({ slots: [], cleanup: { status: 'done', filesRemoved: 3, artifacts: [{}] } });
  });

  it('refuses a moment before the submission, a malformed one, and an unknown job', async () => {
    const path = `/jobs/${job.jobId}/history?at=`;
    expect(await refused(`${path}2001-01-01T00:00:00Z`)).toMatchObject([404, { code: 'job-not-yet-submitted' }]);
    for (const at of ['0', '-1', '1.5', 'yesterday', '2026-01-01']) {
      expect(await refused(`${path}${at}`)).toMatchObject([400, { code: 'validation-failed' }]);
    }
    expect(await refused(`/jobs/${newId('job')}/history`)).toMatchObject([404, { code: 'job-not-found' }]);
  });
});

describe('GET /cancellations/{cancellationId}/replay', () => {
  it('ends in the state the cancellation has, frame by frame, as often as one likes', async () => {
    const path = `/cancellations/${job.cancellationId}/replay`;
    const whole = await json<Replay>(path);
    expect(whole.frames.map(({ at }) => at)).toEqual(Array.from({ length: whole.version }, (_, index) => index + 1));
    expect(whole.frames[0]).toMatchObject({
      event: { type: 'CancellationRequested', actor: 'user:local' },
      cancellation: { word: 'requested' },
    });
    expect(await json(path)).toEqual(whole);
    for (const at of [1, 5, whole.version]) expect(await json(`${path}?at=${at}`)).toEqual(whole.frames[at - 1]);
    expect(await json(`/cancellations/${job.cancellationId}`)).toEqual(whole.frames.at(-1)?.cancellation);
    expect(await refused(`${path}?at=${whole.version + 1}`)).toMatchObject([404, { code: 'frame-not-found' }]);
    expect(await refused(`${path}?at=0`)).toMatchObject([400, { code: 'validation-failed' }]);
  });

  it('shows a signal from the moment it was sent, with the events of other streams between the frames', async () => {
    const { frames } = await json<Replay>(`/cancellations/${job.cancellationId}/replay`);
    const beside = frames.flatMap(({ at, meanwhile }) => meanwhile.map(({ type }) => ({ type, at })));
    const signal = beside.find(({ type }) => type === 'ExecutionSignalled');
    const recorded = frames.find(({ event: { type } }) => type === 'TerminationRecorded');
    expect(signal?.at).toBe(recorded?.at);
    const word = (at: number) => {
      const shown = frames[at - 1]?.cancellation;
      return shown && 'word' in shown ? shown.word : undefined;
    };
    expect([word((signal?.at ?? 0) - 1), word(signal?.at ?? 0)]).toEqual(['requested', 'stopping']);
    expect(beside.map(({ type }) => type)).toEqual(expect.arrayContaining(['ExecutionEnded', 'SlotFreed']));
  });
});
