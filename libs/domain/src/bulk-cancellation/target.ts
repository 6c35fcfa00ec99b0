import type { BatchId } from '../ids.js';
import type { JobStatus } from '../job/job.js';

/** Statuses of a job that can still be cancelled. */
export const OPEN_JOB_STATUSES = [
  'queued',
  'running',
  'retrying',
  'cancelling',
] as const satisfies readonly JobStatus[];
export type OpenJobStatus = (typeof OPEN_JOB_STATUSES)[number];

/**
 * How much of a queue. `all`: every job that is not being cancelled already; `all-except-running`: of these the queued ones and
 * those in back-off; `everything`: also those being cancelled, whose cancellations it joins.
 */
export const QUEUE_MODES = ['all', 'all-except-running', 'everything'] as const;
export type QueueMode = (typeof QUEUE_MODES)[number];

/** Everything that is given must fit. One that gives nothing matches nothing. */
export interface JobSelector {
  /** All of them. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly queue?: string | undefined;
  readonly owner?: string | undefined;
  readonly states?: readonly OpenJobStatus[] | undefined;
  /** Submitted at least so long before the plan, ms. */
  readonly olderThanMs?: number | undefined;
}

export type BulkTarget =
  | { readonly kind: 'batch'; readonly batchId: BatchId }
  | { readonly kind: 'queue'; readonly queue: string; readonly mode: QueueMode }
  | { readonly kind: 'selector'; readonly selector: JobSelector };

/** What an open job must fit; null where anything does. */
export interface JobCriteria {
  readonly batchId: BatchId | null;
  readonly queue: string | null;
  readonly owner: string | null;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly states: readonly OpenJobStatus[] | null;
  readonly olderThanMs: number | null;
}

const ANY: JobCriteria = { batchId: null, queue: null, owner: null, labels: null, states: null, olderThanMs: null };

/** Null: nothing can fit. An empty selector means nothing, never everything. */
export function criteriaOf(target: BulkTarget): JobCriteria | null {
  switch (target.kind) {
    case 'batch':
      return { ...ANY, batchId: target.batchId };
    case 'queue':
      return { ...ANY, queue: target.queue, states: statesOf(target.mode) };
    case 'selector':
      return criteriaOfSelector(target.selector);
    default:
      return target satisfies never;
  }
}

function statesOf(mode: QueueMode): JobCriteria['states'] {
  switch (mode) {
    case 'all':
      return ['queued', 'running', 'retrying'];
    case 'all-except-running':
      return ['queued', 'retrying'];
    case 'everything':
      return null;
    default:
      return mode satisfies never;
  }
}

function criteriaOfSelector({ labels = {}, queue, owner, states, olderThanMs }: JobSelector): JobCriteria | null {
  const hasLabels = Object.keys(labels).length > 0;
  if (!hasLabels && [queue, owner, states, olderThanMs].every((part) => part === undefined)) return null;
  return {
    batchId: null,
    queue: queue ?? null,
    owner: owner ?? null,
    labels: hasLabels ? labels : null,
    states: states ?? null,
    olderThanMs: olderThanMs ?? null,
  };
}
