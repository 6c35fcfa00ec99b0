import type { TaskSpec } from './task-spec.js';

/** The functions a job needs where it runs: it keeps to one runner, so all of them from the start. */
export function handlersOf(tasks: readonly { readonly spec: Pick<TaskSpec, 'handler'> }[]): readonly string[] {
  return [...new Set(tasks.flatMap(({ spec }) => spec.handler?.name ?? []))];
}

/** The slot pools it leases from, likewise: a runner without one of them could never finish it. */
export function slotPoolsOf(tasks: readonly { readonly spec: Pick<TaskSpec, 'slotPool'> }[]): readonly string[] {
  return [...new Set(tasks.flatMap(({ spec }) => spec.slotPool ?? []))];
}
