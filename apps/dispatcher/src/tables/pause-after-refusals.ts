import type { Task } from '@necrocode/domain';

const FIRST_MS = 100;
const LONGEST_MS = 10_000;

/**
 * How long a task waits after its runner refused it, ms: doubling, for each refusal is two events in the job's stream.
 * An attempt that was given back does not count, its execution id stays: the difference is the number of refusals.
 */
export function pauseAfterRefusals(task: Pick<Task, 'executionIds' | 'attempts'> | undefined): number {
  const refusals = task ? task.executionIds.length - task.attempts : 0;
  return refusals === 0 ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** (refusals - 1));
}
