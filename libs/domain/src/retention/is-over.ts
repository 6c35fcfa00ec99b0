import type { BulkState } from '../bulk-cancellation/bulk-cancellation.js';
import { isOver as isBulkOver } from '../bulk-cancellation/effects.js';
import type { CancellationState } from '../cancellation/cancellation.js';
import type { CleanupState } from '../cleanup/cleanup.js';
import { isSettled } from '../cleanup/is-settled.js';
import type { ExecutionState } from '../execution/execution.js';
import type { JobState } from '../job/job.js';

/** One stream of the story of a job or a bulk, folded. */
export type StoryPart =
  | { readonly kind: 'job'; readonly state: JobState }
  | { readonly kind: 'execution'; readonly state: ExecutionState }
  | { readonly kind: 'cancellation'; readonly state: CancellationState }
  | { readonly kind: 'bulk'; readonly state: BulkState }
  | { readonly kind: 'cleanup'; readonly state: CleanupState };

/**
 * Whether nothing is to come of it any more, so that it may be archived. What is not proven is not over: an execution that nobody saw
 * gone, a cancellation left partial or unconfirmed, which is still driven.
 */
export function isOver(part: StoryPart): boolean {
  switch (part.kind) {
    case 'job':
      return part.state.status !== 'unknown' && part.state.endedAt !== null;
    case 'execution':
      return isSettled(part.state);
    case 'cancellation':
      return part.state.status === 'completed' || part.state.status === 'undone';
    case 'bulk':
      return isBulkOver(part.state.status);
    case 'cleanup':
      return part.state.status === 'done';
    default:
      return part satisfies never;
  }
}

/** Executions and cancellations a job knows of: its story is whole with them. */
export function namedIn(job: JobState): readonly string[] {
  if (job.status === 'unknown') return [];
  return [
    ...job.tasks.flatMap(({ executionIds }) => executionIds),
    ...job.cancellations.map(({ cancellationId }) => cancellationId),
  ];
}
