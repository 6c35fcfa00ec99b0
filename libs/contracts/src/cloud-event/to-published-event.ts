import type { CloudEvent } from './cloud-event.js';
import type { EventRecord } from './event-record.js';
import { toCloudEvent } from './to-cloud-event.js';

/** What stands in a published event for the value of an environment variable. */
const WITHHELD = '[withheld]';

/**
 * The event as it leaves the house and as it is kept for lists: with the names of environment variables and without their values, which
 * may be secrets. `withheld` says so: its hash is that of the whole event, which only the store and archives have.
 * @throws {RangeError} when the event's stream belongs to no known aggregate
 */
export function toPublishedEvent(event: EventRecord): CloudEvent {
  const whole = toCloudEvent(event);
  const { data } = whole;
  if (event.type !== 'JobSubmitted' || !hasTasks(data)) return whole;
  if (!data.tasks.some(({ env = {} }) => Object.keys(env).length > 0)) return whole;
  const tasks = data.tasks.map((task) => ({ ...task, env: withoutValues(task.env) }));
  return { ...whole, withheld: 'data.tasks.env', data: { ...data, tasks } };
}

interface WithTasks {
  readonly tasks: readonly { readonly env?: Readonly<Record<string, unknown>> }[];
}

function hasTasks(data: unknown): data is WithTasks {
  return typeof data === 'object' && data !== null && 'tasks' in data && Array.isArray(data.tasks);
}

function withoutValues(env: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  return Object.fromEntries(Object.keys(env).map((name) => [name, WITHHELD]));
}
