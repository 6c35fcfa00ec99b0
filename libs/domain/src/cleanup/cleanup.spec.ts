import { describe, expect, it } from '@jest/globals';
import type { SlotId } from '../ids.js';
import type { SlotEvidence } from '../slot-pool/slot-pool.js';
import { specOf, stateAfter } from '../testing/given.js';
import { at, executionId, jobId, now, runnerId } from '../testing/jobs.js';
import type { CleanupCommand, CleanupEvent, CleanupOrder, CleanupReport } from './cleanup.js';
import { cleanupDecider } from './decider.js';

const given = specOf(cleanupDecider);

const slotId = 'run_1/repos/0' as SlotId;
const ofJob: CleanupOrder = { kind: 'job', jobId, runnerId, artifacts: [] };
const ofSlot: CleanupOrder = {
  kind: 'slot',
  jobId,
  executionId: executionId('a1'),
  runnerId,
  pool: 'repos',
  slotId,
  slotKind: 'repository',
};
const report: CleanupReport = { artifacts: [], filesRemoved: 7, bytesFreed: 1_024, leftFiles: 0 };
const clean: SlotEvidence = { kind: 'repository', leftEntries: 0, checkedAt: at(50) };
const error = { code: 'cleanup-failed', message: 'the disk is read-only' };

const requested = (order: CleanupOrder): CleanupEvent => ({ type: 'CleanupRequested', order, at: now });
const failed = (attempt: number, retryAt: string, why = error): CleanupEvent => ({
  type: 'CleanupFailed',
  jobId,
  attempt,
  error: why,
  retryAt,
  at: now,
});
const done: CleanupEvent = { type: 'CleanupCompleted', jobId, kind: 'job', report, at: now };
const proven: CleanupEvent = {
  type: 'SlotProvenClean',
  jobId,
  executionId: executionId('a1'),
  pool: 'repos',
  slotId,
  evidence: clean,
  at: now,
};

const request = (order: CleanupOrder): CleanupCommand => ({ type: 'RequestCleanup', order, at: now });
const recordFailure: CleanupCommand = { type: 'RecordCleanupFailure', error, at: now };
const recordDone = (what = report): CleanupCommand => ({ type: 'RecordCleanupDone', report: what, at: now });
const recordClean = (evidence = clean): CleanupCommand => ({ type: 'RecordSlotClean', evidence, at: now });

describe('a cleanup', () => {
  it('is requested', () => given().when(request(ofJob)).then(requested(ofJob)));
  it('is requested once', () => given(requested(ofJob)).when(request(ofJob)).thenNothing());
  it('is not requested again when it is done', () => given(requested(ofJob), done).when(request(ofJob)).thenNothing());

  it('is done with its report', () => given(requested(ofJob)).when(recordDone()).then(done));
  it('is done once more when files are found after it was done, and tells of both', () => {
    const reopened: CleanupEvent = { type: 'CleanupReopened', jobId, foundAt: at(61), at: at(62) };
    const reopen = (foundAt: string): CleanupCommand => ({ type: 'ReopenCleanup', foundAt, at: at(62) });
    given(requested(ofJob), done)
      .when(reopen(at(61)))
      .then(reopened);
    given(requested(ofJob), done).when(reopen(now)).thenNothing();
    given(requested(ofJob))
      .when(reopen(at(61)))
      .thenNothing();
    given(requested(ofSlot), proven)
      .when(reopen(at(61)))
      .thenNothing();
    given(requested(ofJob), done, reopened)
      .when(recordDone())
      .then({ ...done, report: { ...report, filesRemoved: 14, bytesFreed: 2_048 }, bytesFreedBefore: 1_024 });
  });
  it('is done once', () => given(requested(ofJob), done).when(recordDone()).thenNothing());
  it('is not done while files are left: it is tried again', () =>
    given(requested(ofJob))
      .when(recordDone({ ...report, leftFiles: 2 }))
      .then(failed(1, at(60.2), { code: 'cleanup-failed', message: '2 left after the cleaning' })));

  it('is nobody’s while it was not requested', () => given().when(recordDone()).thenNothing());
});

describe('a cleanup that failed', () => {
  it('is tried again after 0.2 s', () =>
    given(requested(ofJob))
      .when(recordFailure)
      .then(failed(1, at(60.2))));
  it('is tried again after twice the time', () =>
    given(requested(ofJob), failed(1, at(60.2)))
      .when(recordFailure)
      .then(failed(2, at(60.4))));
  it('is tried again every 30 s at the latest, for ever', () =>
    given(requested(ofJob), failed(5_000, now))
      .when(recordFailure)
      .then(failed(5_001, at(90))));
  it('is done when an attempt succeeds', () =>
    given(requested(ofJob), failed(1, at(60.2)))
      .when(recordDone())
      .then(done));
  it('does not fail any more once it is done', () => given(requested(ofJob), done).when(recordFailure).thenNothing());
});

describe('the cleanup of a slot', () => {
  it('is done when the slot is proven clean', () => given(requested(ofSlot)).when(recordClean()).then(proven));
  it('is done once', () => given(requested(ofSlot), proven).when(recordClean()).thenNothing());
  it('is tried again while something is left in it', () =>
    given(requested(ofSlot))
      .when(recordClean({ ...clean, leftEntries: 3 }))
      .then(failed(1, at(60.2), { code: 'cleanup-failed', message: '3 left after the cleaning' })));
  it('is not done by a report without the slot’s proof', () =>
    given(requested(ofSlot)).when(recordDone()).thenNothing());
  it('is no matter of other cleanups', () => given(requested(ofJob)).when(recordClean()).thenNothing());
});

describe('the state of a cleanup', () => {
  it('says when to try again', () =>
    expect(stateAfter(cleanupDecider, [requested(ofJob), failed(1, at(60.2))])).toStrictEqual({
      status: 'open',
      order: ofJob,
      attempts: 1,
      retryAt: at(60.2),
      again: null,
    }));
  it('keeps the report', () =>
    expect(stateAfter(cleanupDecider, [requested(ofJob), failed(1, at(60.2)), done])).toStrictEqual({
      status: 'done',
      order: ofJob,
      attempts: 1,
      report,
      doneAt: now,
    }));
  it('has an empty report for a slot', () =>
    expect(stateAfter(cleanupDecider, [requested(ofSlot), proven])).toMatchObject({ report: { filesRemoved: 0 } }));
  it('stays done', () =>
    expect(stateAfter(cleanupDecider, [requested(ofJob), done, failed(1, now)])).toMatchObject({ status: 'done' }));
  it('is unknown until it is requested', () =>
    expect(stateAfter(cleanupDecider, [done])).toStrictEqual({ status: 'unknown' }));
});
