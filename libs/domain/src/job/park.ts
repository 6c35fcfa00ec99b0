import type { CancellationId, TaskId, Timestamp } from '../ids.js';
import { targetsOf } from './cancellation-targets.js';
import { isTerminal } from './is-terminal.js';
import type { Job } from './job.js';
import type { JobCommand } from './job-command.js';
import type { JobEvent } from './job-event.js';

export function isParked({ parked }: Job, taskId: TaskId): boolean {
  return parked.some(({ taskIds, released }) => !released && taskIds.includes(taskId));
}

/** What is running goes on, and may end; nothing new of these tasks begins. */
export function park(command: Extract<JobCommand, { type: 'ParkTasks' }>, job: Job): readonly JobEvent[] {
  const { cancellationId, at } = command;
  const known = [...job.parked, ...job.cancellations].some((each) => each.cancellationId === cancellationId);
  if (job.endedAt !== null || known) return [];
  const taskIds = targetsOf(command, job).flatMap((task) => (isTerminal(task) ? [] : [task.spec.taskId]));
  return taskIds.length === 0 ? [] : [{ type: 'TasksParked', cancellationId, taskIds, at }];
}

/**
 * An undo may overtake the parking it takes back, which is on its way until it has been answered: it leaves word, so that what
 * comes after it parks nothing.
 */
export function undoPark(cancellationId: CancellationId, at: Timestamp, job: Job): readonly JobEvent[] {
  const isKnown = job.parked.some((each) => each.cancellationId === cancellationId);
  if (isKnown || job.endedAt !== null) return unpark(cancellationId, at, job);
  return [{ type: 'TasksUnparked', cancellationId, taskIds: [], at }];
}

export function unpark(cancellationId: CancellationId, at: Timestamp, job: Job): readonly JobEvent[] {
  const mine = job.parked.find((each) => each.cancellationId === cancellationId && !each.released);
  return mine && job.endedAt === null ? [{ type: 'TasksUnparked', cancellationId, taskIds: mine.taskIds, at }] : [];
}
