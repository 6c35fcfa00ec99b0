import type { BulkCommand, BulkRequest, BulkSelection, MemberEnding } from '../bulk-cancellation/bulk-cancellation.js';
import type { CancellationId, JobId } from '../ids.js';
import { at, cancellationId, now } from './jobs.js';

/** Casts: the brands of made-up ids. */
export const aJobId = (number: number): JobId => `job_${String(number).padStart(5, '0')}` as JobId;
export const memberId = (jobId: JobId): CancellationId => `can_of_${jobId}` as CancellationId;

/** `from` to `to`, the last one left out. */
export const jobs = (from: number, to: number): JobId[] =>
  Array.from({ length: to - from }, (_, index) => aJobId(from + index));

export const bulkRequest: BulkRequest = {
  cancellationId,
  target: { kind: 'queue', queue: 'default', mode: 'all' },
  options: { force: false, gracePeriodMs: null, signal: null, artifacts: null },
  reason: { code: 'user-request', text: '' },
  requestedBy: 'user:ada',
  fingerprint: 'sha256:0',
  requestedAt: at(0),
};

const proof = { acknowledgedAt: at(1), traceId: null, streamHash: 'sha256:beef' };

export const selection = (waiting: readonly JobId[], started: readonly JobId[] = []): BulkSelection => ({
  waiting,
  started,
  snapshotAt: at(0),
  digest: 'sha256:1',
});

export const requestBulk = (waiting: readonly JobId[], started: readonly JobId[] = []): BulkCommand => ({
  type: 'RequestBulk',
  ...bulkRequest,
  selection: selection(waiting, started),
  at: at(1),
});

export const dequeued = (
  chunk: number,
  more: Partial<Extract<BulkCommand, { type: 'RecordDequeued' }>> = {},
): BulkCommand => ({ type: 'RecordDequeued', chunk, started: [], ended: [], at: now, proof, ...more });

export const opened = (...jobIds: JobId[]): BulkCommand => ({
  type: 'RecordMembersOpened',
  members: jobIds.map((jobId) => ({ jobId, cancellationId: memberId(jobId), joined: false })),
  at: now,
  proof,
});

export const settled = (outcome: MemberEnding['outcome'], ...jobIds: JobId[]): BulkCommand => ({
  type: 'RecordMembersSettled',
  members: jobIds.map((jobId) => ({ jobId, outcome, executions: 1, forced: 0 })),
  at: now,
  proof,
});

export const abort: BulkCommand = { type: 'AbortBulk', requestedBy: 'user:grace', at: now, proof };
