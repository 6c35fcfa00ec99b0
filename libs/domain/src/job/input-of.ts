import type { Task } from './job.js';
import type { HandlerCall } from './task-spec.js';

/** What a function is given: its input, and over it the fields taken from results of tasks that have completed. */
export function inputOf(handler: HandlerCall, tasks: readonly Task[]): unknown {
  const { input, from } = handler;
  if (from === undefined) return input;
  const taken = Object.entries(from).map(([field, source]) => [
    field,
    fieldOf(resultOf(source.task, tasks), source.field),
  ]);
  return { ...(isObject(input) ? input : {}), ...Object.fromEntries(taken) };
}

function resultOf(key: string, tasks: readonly Task[]): unknown {
  const progress = tasks.find(({ spec }) => spec.key === key)?.progress;
  return progress?.status === 'completed' ? progress.result : undefined;
}

/** A field that is not there is null: JSON has nothing else to say so. */
function fieldOf(result: unknown, field: string): unknown {
  return isObject(result) && Object.hasOwn(result, field) ? result[field] : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
