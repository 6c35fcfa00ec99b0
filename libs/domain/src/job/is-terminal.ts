import type { Task, TaskStatus } from './job.js';

const TERMINAL: ReadonlySet<TaskStatus> = new Set(['completed', 'failed', 'cancelled', 'skipped']);

export function isTerminal(task: Task): boolean {
  return TERMINAL.has(task.progress.status);
}
