import type { Cascade } from '../job/job.js';
import type { CancellationTarget } from './cancellation.js';

/** From the narrowest: each ends at least what those before it end. */
const WIDENING: readonly Cascade[] = ['none', 'dependents', 'dependents-and-unneeded-inputs'];

/** Of the open cancellations with the same key there is at most one. The key of a task alone is that of the default cascade. */
export function targetKey(target: CancellationTarget): string {
  if (target.kind === 'job') return `job:${target.jobId}`;
  return target.cascade === 'dependents' ? `task:${target.taskId}` : `task:${target.taskId}:${target.cascade}`;
}

/**
 * What a request joins where it is open, the best first: the same target, for a task one with a wider cascade, or the one of
 * its whole job. Never a narrower one, which would not end everything that was asked for.
 */
export function joinableKeys(target: CancellationTarget): readonly string[] {
  if (target.kind === 'job') return [targetKey(target)];
  const covering = WIDENING.slice(WIDENING.indexOf(target.cascade));
  return [...covering.map((cascade) => targetKey({ ...target, cascade })), `job:${target.jobId}`];
}
