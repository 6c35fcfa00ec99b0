import type { JobCommand } from '../job/job-command.js';
import type { JobEvent } from '../job/job-event.js';
import type { Cascade } from '../job/job.js';
import { cancellationId, now, submitted, task, taskId } from './jobs.js';

/** a ← b ← c, and d beside them. */
export const chain = submitted(
  task('a', { maxAttempts: 3 }),
  task('b', { dependsOn: ['a'] }),
  task('c', { dependsOn: ['b'] }),
  task('d'),
);
export const keys = ['a', 'b', 'c', 'd'];

export const cancelJob: JobCommand = {
  type: 'BlockDispatch',
  cancellationId,
  taskId: null,
  cascade: 'dependents',
  at: now,
};
export const cancelTask = (key: string, cascade: Cascade = 'dependents', by = cancellationId): JobCommand => ({
  type: 'BlockDispatch',
  cancellationId: by,
  taskId: taskId(key),
  cascade,
  at: now,
});
export const sparing = (fates: Readonly<Record<string, 'skipped' | 'goes-on'>>, event: JobEvent): JobEvent => ({
  ...(event as Extract<JobEvent, { type: 'DispatchBlocked' }>),
  spared: Object.entries(fates).map(([key, fate]) => ({ taskId: taskId(key), key, fate })),
});
export const neverStarted = { neverStarted: true };
