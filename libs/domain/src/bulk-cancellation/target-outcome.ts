import type { CancellationId, JobId } from '../ids.js';
import type { Bulk, BulkChunk, EndedTarget, MemberEnding } from './bulk-cancellation.js';

/** What became of a target so far. `stopping`: it had begun, and its cancellation is under way. */
export type TargetOutcome =
  'pending' | 'stopping' | 'cancelled' | 'not-reached' | EndedTarget['how'] | MemberEnding['outcome'];

export interface SettledTarget {
  readonly jobId: JobId;
  readonly outcome: TargetOutcome;
  /** Of a cancelled one: nothing of it ever ran. */
  readonly neverStarted: boolean;
  /** The cancellation that ended it or is ending it: the bulk itself, a member's, or another that was first. */
  readonly cancellationId: CancellationId | null;
}

export interface TargetCounts {
  readonly planned: number;
  readonly cancelled: number;
  /** Of the cancelled ones. */
  readonly neverStarted: number;
  /** Ended before they were reached: by themselves, or by another cancellation. */
  readonly alreadyEnded: number;
  /** Their own cancellations were there before, and were undone: these jobs go on. */
  readonly undone: number;
  readonly partial: number;
  readonly unconfirmed: number;
  /** Left alone because of an abort. */
  readonly notReached: number;
  /** Not settled yet. */
  readonly pending: number;
}

/** Every target in the order of the plan. */
export function targetsOf(bulk: Bulk): readonly SettledTarget[] {
  return bulk.chunks.flatMap((chunk) => chunk.jobIds.map((jobId) => targetOf(bulk, chunk, jobId)));
}

function targetOf(bulk: Bulk, chunk: BulkChunk, jobId: JobId): SettledTarget {
  const target = { jobId, neverStarted: false };
  const ended = bulk.ended.get(jobId);
  if (ended) return { ...target, outcome: ended.how, cancellationId: ended.cancellationId };
  const member = bulk.members.get(jobId);
  if (member) {
    const outcome = bulk.endings.get(jobId)?.outcome ?? 'stopping';
    return { ...target, outcome, cancellationId: member.cancellationId };
  }
  if (bulk.toOpen.has(jobId)) return { ...target, outcome: 'pending', cancellationId: null };
  switch (chunk.status) {
    case 'settled':
      return { jobId, outcome: 'cancelled', neverStarted: true, cancellationId: bulk.cancellationId };
    case 'waiting':
      return { ...target, outcome: bulk.abortedBy === null ? 'pending' : 'not-reached', cancellationId: null };
    case 'started':
      return { ...target, outcome: 'pending', cancellationId: null };
    default:
      return chunk.status satisfies never;
  }
}

/** Without a look at each target: it is asked for with every answer. */
export function countTargets(bulk: Bulk): TargetCounts {
  const { plan, dequeued, ended, endings, chunks, abortedBy } = bulk;
  const count = (outcome: MemberEnding['outcome']): number =>
    [...endings.values()].filter((ending) => ending.outcome === outcome).length;
  const unreached = chunks.filter(({ status }) => status === 'waiting' && abortedBy !== null);
  const counts = {
    planned: plan.targets,
    cancelled: dequeued + count('cancelled'),
    neverStarted: dequeued,
    alreadyEnded: ended.size + count('already-ended'),
    undone: count('undone'),
    partial: count('partial'),
    unconfirmed: count('unconfirmed'),
    notReached: unreached.reduce((sum, { jobIds }) => sum + jobIds.length, 0),
  };
  const { cancelled, alreadyEnded, undone, partial, unconfirmed, notReached } = counts;
  return { ...counts, pending: plan.targets - cancelled - alreadyEnded - undone - partial - unconfirmed - notReached };
}
