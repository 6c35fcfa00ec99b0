import type { RunnerId } from '../ids.js';
import type { Job, Task } from './job.js';

/** The runner the job keeps to; null: any may have it. */
export function placeOf({ runnerId, leftRunnerIds }: Pick<Job, 'runnerId' | 'leftRunnerIds'>): RunnerId | null {
  return runnerId === null || leftRunnerIds.includes(runnerId) ? null : runnerId;
}

/** Whether nothing of the job is at work at its place, or has left there what another task may build on. */
export function mayLeaveItsPlace({ runnerId, leftRunnerIds, retryOf, tasks }: Job): boolean {
  if (placeOf({ runnerId, leftRunnerIds }) === null || (retryOf !== null && retryOf.runnerId !== null)) return false;
  return tasks.every((task) => task.executionIds.length === 0 || leavesNothing(task));
}

function leavesNothing({ progress }: Task): boolean {
  switch (progress.status) {
    case 'blocked':
    case 'queued':
    case 'retrying':
    case 'cancelled':
    case 'skipped':
      return true;
    case 'pending':
    case 'running':
    case 'cancelling':
    case 'completed':
    case 'failed':
      return false;
    default:
      return progress satisfies never;
  }
}
