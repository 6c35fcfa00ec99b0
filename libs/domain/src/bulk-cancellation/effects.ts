import type { JobId } from '../ids.js';
import { type BulkMember, type BulkState, isSettled } from './bulk-cancellation.js';

/** Something to be asked for. Asking twice is harmless. */
export type BulkEffect =
  | { readonly type: 'dequeue'; readonly chunk: number; readonly jobIds: readonly JobId[] }
  | { readonly type: 'open-members'; readonly jobIds: readonly JobId[] }
  | { readonly type: 'look-at-members'; readonly members: readonly BulkMember[] };

/** Everything a bulk waits for, from its state alone: whoever takes over after a crash asks for the same. */
export function bulkEffectsOf(state: BulkState): readonly BulkEffect[] {
  if (state.status === 'unknown' || isOver(state.status)) return [];
  const { chunks, toOpen, members, endings } = state;
  const dequeues = chunks.flatMap(({ action, jobIds, status }, chunk): BulkEffect[] =>
    action === 'dequeue' && status === 'started' ? [{ type: 'dequeue', chunk, jobIds }] : [],
  );
  const unsettled = [...members.values()].filter(({ jobId }) => !isSettled(endings.get(jobId)));
  // What began meanwhile is stopped with what had begun before: when nothing is left that could take a place made free.
  const mayStop = toOpen.size > 0 && dequeues.length === 0;
  return [
    ...dequeues,
    ...(mayStop ? [{ type: 'open-members' as const, jobIds: [...toOpen] }] : []),
    ...(unsettled.length > 0 ? [{ type: 'look-at-members' as const, members: unsettled }] : []),
  ];
}

/** Nothing follows: it is not driven any more. */
export function isOver(status: BulkState['status']): boolean {
  return status === 'completed' || status === 'aborted';
}
