import { describe, expect, it } from '@jest/globals';
import type { CleanupOrder, SlotId } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { cleanRequestFor, outcomeOf } from './clean-request.js';

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

describe('what a runner is asked to do', () => {
  it('removes the workspace of a job, also when it has no artifacts', () => {
    expect(cleanRequestFor(job)?.request).toMatchObject({ removeWorkspace: true, artifacts: [artifact] });
    expect(cleanRequestFor({ ...job, artifacts: [] })?.request).toMatchObject({ removeWorkspace: true, artifacts: [] });
  });
  it('leaves the workspace of tasks', () =>
    expect(cleanRequestFor(tasks)?.request).toMatchObject({ removeWorkspace: false, artifacts: [artifact] }));
  it('checks a slot', () =>
    expect(cleanRequestFor(slot)?.request).toMatchObject({
      kind: 'slot',
      slot: { pool: 'repos', kind: 'repository' },
    }));
  it('is nothing where there never was a workspace', () =>
    expect(cleanRequestFor({ ...job, runnerId: null })).toBeNull());
  it('is nothing for tasks without artifacts', () => expect(cleanRequestFor({ ...tasks, artifacts: [] })).toBeNull());
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
