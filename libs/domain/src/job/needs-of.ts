import { isTerminal } from './is-terminal.js';
import type { Task } from './job.js';

export interface Needs {
  /** Functions. */
  readonly handlers: readonly string[];
  /** Slot pools. */
  readonly slotPools: readonly string[];
}

/**
 * What a job needs where it runs: it keeps to one runner, so all of it from the start, or it could not be finished there. What is over needs
 * nothing: a finalizer runs wherever it can.
 */
export function needsOf(tasks: readonly Task[]): Needs {
  const open = tasks.filter((task) => !isTerminal(task));
  return {
    handlers: [...new Set(open.flatMap(({ spec }) => spec.handler?.name ?? []))],
    slotPools: [...new Set(open.flatMap(({ spec }) => spec.slotPool ?? []))],
  };
}
