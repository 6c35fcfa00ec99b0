import type { CancellationOptions, CancellationReason, CertificateProof } from '../cancellation/cancellation.js';
import type { CancellationId, JobId, Timestamp } from '../ids.js';
import type { BulkCertificate } from './certificate.js';
import type { BulkTarget } from './target.js';

/**
 * Targets of one event and of one command: six chunks fit a message. So large that two of them are ended before the subscribers
 * of the first begin to compete for the machine: 10,000 jobs took 2.2 s by the thousand and 0.5 s by five thousand.
 */
export const CHUNK_SIZE = 5_000;
/** Chunks under way at once: two keep the dispatcher busy while an answer is being recorded. */
export const CHUNKS_AT_ONCE = 2;

/** The open jobs that fitted at one moment. What is submitted later is none of them, whatever it looks like. */
export interface BulkSelection {
  /** Nothing of them was ever assigned. */
  readonly waiting: readonly JobId[];
  readonly started: readonly JobId[];
  readonly snapshotAt: Timestamp;
  /** Over both lists: two selections with the same digest are the same. */
  readonly digest: string;
}

export interface BulkPlan {
  readonly targets: number;
  readonly waiting: number;
  readonly started: number;
  readonly snapshotAt: Timestamp;
  readonly digest: string;
}

export interface BulkRequest {
  readonly cancellationId: CancellationId;
  readonly target: BulkTarget;
  readonly options: CancellationOptions;
  readonly reason: CancellationReason;
  readonly requestedBy: string;
  readonly fingerprint: string;
  readonly requestedAt: Timestamp;
}

/** A target that had ended before it was reached, and by whom. */
export interface EndedTarget {
  readonly jobId: JobId;
  readonly how: 'already-completed' | 'already-failed' | 'already-cancelled';
  readonly cancellationId: CancellationId | null;
}

/** A target that had begun: an ordinary cancellation ends it, which may have been there before. */
export interface BulkMember {
  readonly jobId: JobId;
  readonly cancellationId: CancellationId;
  readonly joined: boolean;
}

/**
 * How a member's cancellation came out. `undone`: it was there before, and was undone in its window. The last two are driven on
 * and may still become `cancelled`.
 */
export interface MemberEnding {
  readonly jobId: JobId;
  readonly outcome: 'cancelled' | 'already-ended' | 'undone' | 'partial' | 'unconfirmed';
  readonly executions: number;
  readonly forced: number;
}

export type BulkEvent =
  | (BulkRequest & { readonly type: 'BulkRequested'; readonly plan: BulkPlan; readonly at: Timestamp })
  /** `dequeue`: they were waiting; `stop`: they had begun. Chunks are numbered from 0. */
  | {
      readonly type: 'BulkTargetsPlanned';
      readonly chunk: number;
      readonly action: 'dequeue' | 'stop';
      readonly jobIds: readonly JobId[];
      readonly at: Timestamp;
    }
  /** From here on its targets are reached: an abort does not stop it any more. */
  | { readonly type: 'BulkChunkStarted'; readonly chunk: number; readonly at: Timestamp }
  /** The targets that are not named were ended, each in its own stream. */
  | {
      readonly type: 'BulkChunkDequeued';
      readonly chunk: number;
      readonly dequeued: number;
      readonly started: readonly JobId[];
      readonly ended: readonly EndedTarget[];
      readonly at: Timestamp;
    }
  | {
      readonly type: 'BulkMembersOpened';
      readonly members: readonly BulkMember[];
      readonly at: Timestamp;
    }
  | { readonly type: 'BulkMembersSettled'; readonly members: readonly MemberEnding[]; readonly at: Timestamp }
  | { readonly type: 'BulkAborted'; readonly requestedBy: string; readonly at: Timestamp }
  /** Every target is settled, or was not reached before the abort. An interim outcome may be followed by another. */
  | { readonly type: 'BulkConcluded'; readonly certificate: BulkCertificate; readonly at: Timestamp };

export interface BulkChunk {
  readonly action: 'dequeue' | 'stop';
  readonly jobIds: readonly JobId[];
  readonly status: 'waiting' | 'started' | 'settled';
}

export type BulkStatus = 'in-progress' | 'completed' | 'partial' | 'unconfirmed' | 'aborted';

export interface Bulk extends BulkRequest {
  readonly status: BulkStatus;
  readonly plan: BulkPlan;
  readonly chunks: readonly BulkChunk[];
  /** Ended by this bulk in one event each. */
  readonly dequeued: number;
  readonly ended: ReadonlyMap<JobId, EndedTarget>;
  /** Begun and reached, and no cancellation of theirs is known yet. */
  readonly toOpen: ReadonlySet<JobId>;
  readonly members: ReadonlyMap<JobId, BulkMember>;
  readonly endings: ReadonlyMap<JobId, MemberEnding>;
  readonly abortedBy: string | null;
  readonly dequeuedAt: Timestamp | null;
  readonly certificate: BulkCertificate | null;
  readonly endedAt: Timestamp | null;
}

export type BulkState = { readonly status: 'unknown' } | Bulk;

interface Input {
  readonly at: Timestamp;
  readonly proof: CertificateProof;
}

export type BulkCommand =
  | (BulkRequest & { readonly type: 'RequestBulk'; readonly selection: BulkSelection; readonly at: Timestamp })
  | (Input & {
      readonly type: 'RecordDequeued';
      readonly chunk: number;
      readonly started: readonly JobId[];
      readonly ended: readonly EndedTarget[];
    })
  | (Input & {
      readonly type: 'RecordMembersOpened';
      readonly members: readonly BulkMember[];
    })
  | (Input & { readonly type: 'RecordMembersSettled'; readonly members: readonly MemberEnding[] })
  | (Input & { readonly type: 'AbortBulk'; readonly requestedBy: string });

/** Nothing more is to come of it. */
export function isSettled(ending: MemberEnding | undefined): boolean {
  return ending !== undefined && ending.outcome !== 'partial' && ending.outcome !== 'unconfirmed';
}
