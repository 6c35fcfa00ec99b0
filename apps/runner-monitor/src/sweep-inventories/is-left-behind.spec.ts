import { describe, expect, it } from '@jest/globals';
import type { CleanupState, JobId } from '@necrocode/domain';
import { isLeftBehind } from './is-left-behind.js';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const order = { kind: 'job', jobId: 'job_1' as JobId, runnerId: null, artifacts: [] } as const; // An id by construction.
const report = { artifacts: [], filesRemoved: 0, bytesFreed: 0, leftFiles: 0 };
const open: CleanupState = { status: 'open', order, attempts: 3, retryAt: at(1), again: null };
const done: CleanupState = { status: 'done', order, attempts: 1, report, doneAt: at(10) };

describe('a workspace', () => {
  const isLeft = (cleanup: CleanupState, isJobStored = true, look = at(20)) =>
    isLeftBehind({ isJobStored, cleanup }, look);

  it('is left behind when the cleanup of its job is done', () => expect(isLeft(done)).toBe(true));
  it('is not while its job has no cleanup: it goes on, or ended a moment ago', () =>
    expect(isLeft({ status: 'unknown' })).toBe(false));
  it('is not while its cleanup is under way', () => expect(isLeft(open)).toBe(false));
  it('is left behind when there is no such job', () => expect(isLeft({ status: 'unknown' }, false)).toBe(true));
  it('is not before the cleanup was done, by whatever clock', () => expect(isLeft(done, true, at(10))).toBe(false));
});
