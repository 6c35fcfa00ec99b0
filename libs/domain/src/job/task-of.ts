import { Rejection } from '../rejection.js';
import type { Job, Task } from './job.js';

/** @throws {Rejection} `task-not-found` */
export function taskOf(job: Job, taskId: string): Task {
  const task = job.tasks.find((candidate) => candidate.spec.taskId === taskId);
  if (!task) throw new Rejection('task-not-found', { taskId });
  return task;
}
