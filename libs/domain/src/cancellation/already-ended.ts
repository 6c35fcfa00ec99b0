import { targetsOf } from '../job/cancellation-targets.js';
import { type DispatchedJob, knownJob } from '../job/dispatched-job.js';
import { isTerminal } from '../job/is-terminal.js';
import { Rejection } from '../rejection.js';
import type { CancellationTarget, JobFacts, TaskFacts } from './cancellation.js';

export type AlreadyEnded = 'already-completed' | 'already-failed' | 'already-cancelled' | 'already-skipped';

/** The target has ended: success, and what had happened. Null: there is something to cancel. */
export function alreadyEnded(target: CancellationTarget, facts: JobFacts): AlreadyEnded | null {
  switch (target.kind) {
    case 'job':
      return ENDED[facts.status] ?? null;
    case 'task':
      return ENDED[targetTask(target.taskId, facts).status] ?? null;
    default:
      return target satisfies never;
  }
}

const ENDED: Readonly<Partial<Record<string, AlreadyEnded>>> = {
  completed: 'already-completed',
  failed: 'already-failed',
  cancelled: 'already-cancelled',
  skipped: 'already-skipped',
};

/** Of a target that was cancelled: whether there is anything in its cascade that is not over, and so left to be cancelled. */
export function isAnyLeft(target: CancellationTarget, dispatched: DispatchedJob): boolean {
  const job = knownJob(dispatched);
  const scope = target.kind === 'task' ? target : { taskId: null, cascade: 'dependents' as const };
  return job.endedAt === null && targetsOf(scope, job).some((task) => !isTerminal(task));
}

/** The cancellation that ended the target or is ending it, as its owner remembers. */
export function endedBy(target: CancellationTarget, facts: JobFacts): TaskFacts['cancellationId'] {
  if (target.kind === 'task') return targetTask(target.taskId, facts).cancellationId;
  return facts.tasks.find((task) => task.cancellationId !== null)?.cancellationId ?? null;
}

function targetTask(taskId: string, facts: JobFacts): TaskFacts {
  const task = facts.tasks.find((candidate) => candidate.taskId === taskId);
  if (!task) throw new Rejection('task-not-found', { taskId });
  return task;
}
