import { endedBy, targetsOf } from './cancellation-targets.js';
import { sparedBy } from './cascade.js';
import type { Job, Task } from './job.js';
import type { JobCommand } from './job-command.js';
import type { JobEvent } from './job-event.js';
import { isTerminal } from './is-terminal.js';
import { unpark } from './park.js';
import { taskOf } from './task-of.js';

type BlockDispatch = Extract<JobCommand, { type: 'BlockDispatch' }>;

/**
 * Blocks dispatch of a cancellation's tasks, cancels those that have not started and marks the rest as cancelling: one
 * append, so nothing can be assigned between, and before any of them is stopped. What was submitted last comes first,
 * which in practice is dependents before what they depend on.
 */
export function blockDispatch(command: BlockDispatch, job: Job): readonly JobEvent[] {
  const { cancellationId, at } = command;
  if (job.endedAt !== null || job.cancellations.some((known) => known.cancellationId === cancellationId)) return [];
  const targets = targetsOf(command, job);
  const open = targets.filter((task) => !isTerminal(task));
  const overtaken = targets.some((task) => endedBy(task, cancellationId));
  const unparked = unpark(cancellationId, at, job);
  if (open.length === 0 && !overtaken) return unparked;
  const root = command.taskId === null ? null : taskOf(job, command.taskId);
  const spared = root === null ? [] : sparedBy(root, targets, job, command);
  return [
    {
      type: 'DispatchBlocked',
      cancellationId,
      scope: command.taskId === null ? 'job' : 'tasks',
      taskIds: targets.map((task) => task.spec.taskId),
      ...(spared.length === 0 ? {} : { spared }),
      at,
    },
    ...open.reverse().flatMap((task) => cancelTask(task, command)),
    ...unparked,
  ];
}

function cancelTask(
  task: Task,
  { cancellationId, at }: Extract<JobCommand, { type: 'BlockDispatch' }>,
): readonly JobEvent[] {
  const { taskId } = task.spec;
  switch (task.progress.status) {
    case 'blocked':
    case 'queued':
      return [{ type: 'TaskCancelled', taskId, cancellationId, neverStarted: task.attempts === 0, at }];
    case 'retrying':
      return [{ type: 'TaskCancelled', taskId, cancellationId, neverStarted: false, at }];
    case 'pending':
    case 'running': {
      const { executionId } = task.progress.assignment;
      return [{ type: 'TaskCancellationStarted', taskId, cancellationId, executionId, at }];
    }
    case 'cancelling': // Another cancellation is ending it already.
    case 'completed':
    case 'failed':
    case 'cancelled':
    case 'skipped':
      return [];
    default:
      return task.progress satisfies never;
  }
}
