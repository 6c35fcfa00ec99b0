import { describe, expect, it } from '@jest/globals';
import type { CleanupOrder, SlotId } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { asOne, cleaningsFor, outcomeOf } from './clean-request.js';

const at = '2026-01-01T00:00:00.000Z';
const jobId = newId('job');
const runnerId = newId('run');
const artifact = { taskId: newId('task'), key: 'train', globs: ['out/**'], policy: 'keep' as const };
const report = { artifacts: [], filesRemoved: 1, bytesFreed: 2, leftFiles: 0 };
const evidence = { kind: 'repository' as const, leftEntries: 0, checkedAt: at };

const job: CleanupOrder = { kind: 'job', jobId, runnerId, artifacts: [artifact] };
const tasks: CleanupOrder = { kind: 'tasks', cancellationId: newId('can'), jobId, runnerId, artifacts: [artifact] };
const slot: CleanupOrder = {
  kind: 'slot',
  jobId,
  executionId: newId('exe'),
  runnerId,
  pool: 'repos',
  slotId: `${runnerId}/repos/0` as SlotId,
  slotKind: 'repository',
};

const requestsFor = (order: CleanupOrder) => cleaningsFor({ order, again: null }).map(({ request }) => request);

describe('what a runner is asked to do', () => {
  it('removes the workspace also on runners the job has left; its artifacts are where it ran last', () => {
    const left = newId('run');
    expect(cleaningsFor({ order: { ...job, leftRunnerIds: [left] }, again: null })).toMatchObject([
      { runnerId: left, request: { jobId, removeWorkspace: true, artifacts: [] } },
      { runnerId, request: { jobId, removeWorkspace: true, artifacts: [artifact] } },
    ]);
  });
  it('removes the workspace of a job, also when it has no artifacts', () => {
    expect(requestsFor(job)).toMatchObject([{ removeWorkspace: true, artifacts: [artifact] }]);
    expect(requestsFor({ ...job, artifacts: [] })).toMatchObject([{ removeWorkspace: true, artifacts: [] }]);
  });
  it('leaves the workspace of tasks', () =>
    expect(requestsFor(tasks)).toMatchObject([{ removeWorkspace: false, artifacts: [artifact] }]));
  it('checks a slot', () =>
    expect(requestsFor(slot)).toMatchObject([{ kind: 'slot', slot: { pool: 'repos', kind: 'repository' } }]));
  it('is only to remove, and another request, where files were found after it was done', () => {
    const again = { done: { artifacts: [], filesRemoved: 1, bytesFreed: 1, leftFiles: 0 }, foundAt: at };
    expect(cleaningsFor({ order: job, again }).map(({ request }) => request)).toEqual([
      { kind: 'workspace', jobId: job.jobId, artifacts: [], removeWorkspace: true, foundAt: at },
    ]);
  });
  it('is nothing where there never was a workspace', () => expect(requestsFor({ ...job, runnerId: null })).toEqual([]));
  it('is nothing for tasks without artifacts', () => expect(requestsFor({ ...tasks, artifacts: [] })).toEqual([]));
});

describe('what several runners answer', () => {
  const reply = { kind: 'workspace' as const, report };

  it('is one report when all have cleaned', () =>
    expect(asOne([reply, reply])).toMatchObject({ report: { filesRemoved: 2, bytesFreed: 4, leftFiles: 0 } }));
  it('is silence or a failure as soon as one of them was silent or has failed', () => {
    const failed = { kind: 'failed' as const, error: { code: 'cleanup-failed', message: 'no' } };
    expect([asOne([reply, null]), asOne([null, reply]), asOne([failed, reply])]).toEqual([null, null, failed]);
  });
});

describe('what a runner answers', () => {
  it('nothing: it is unreachable', () =>
    expect(outcomeOf(job, null, at)).toMatchObject({ error: { code: 'runner-unreachable' }, at }));
  it('a failure: it is recorded as it is', () => {
    const error = { code: 'cleanup-failed', message: 'no' };
    expect(outcomeOf(job, { kind: 'failed', error }, at)).toEqual({ type: 'RecordCleanupFailure', error, at });
  });
  it('a report: for a job or tasks', () => {
    expect(outcomeOf(job, { kind: 'workspace', report }, at)).toEqual({ type: 'RecordCleanupDone', report, at });
    expect(outcomeOf(tasks, { kind: 'workspace', report }, at)).toEqual({ type: 'RecordCleanupDone', report, at });
  });
  it('evidence: for a slot', () =>
    expect(outcomeOf(slot, { kind: 'slot', evidence }, at)).toEqual({ type: 'RecordSlotClean', evidence, at }));
  it('something else than it was asked: a failure', () => {
    expect(outcomeOf(slot, { kind: 'workspace', report }, at)).toMatchObject({ type: 'RecordCleanupFailure' });
    expect(outcomeOf(job, { kind: 'slot', evidence }, at)).toMatchObject({ type: 'RecordCleanupFailure' });
  });
});
