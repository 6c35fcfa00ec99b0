import type { z } from 'zod';
import type { AggregateName } from '../cloud-event/aggregate.js';
import { eventName } from '../cloud-event/event-name.js';
import { bulkEvents, cancellationEvents } from './cancellation-events.js';
import { cleanupEvents, queueEvents, runnerEvents, slotPoolEvents } from './estate-events.js';
import { executionEvents } from './execution-events.js';
import { jobEvents } from './job-events.js';

/** One kind of event there is. */
export interface EventDefinition {
  readonly aggregate: AggregateName;
  /** As it is stored: `CancellationCompleted`. */
  readonly type: string;
  /** Within its aggregate, as in subjects and in a CloudEvent's `type`: `completed`. */
  readonly name: string;
  /** The version of its data that is written now. */
  readonly schemaVersion: number;
  readonly data: z.ZodType;
}

/** Of each type that has changed, the version that is written now; `upcastSteps` reads the ones before. None has yet. */
const VERSIONS: Readonly<Record<string, number>> = {};

const BY_AGGREGATE: Readonly<Record<AggregateName, Readonly<Record<string, z.ZodType>>>> = {
  job: jobEvents,
  'slot-pool': slotPoolEvents,
  queue: queueEvents,
  execution: executionEvents,
  runner: runnerEvents,
  cancellation: { ...cancellationEvents, ...bulkEvents },
  cleanup: cleanupEvents,
};

/** Every kind of event, once. What validates events, describes them (AsyncAPI) and knows their names is drawn from it. */
export const eventRegistry: readonly EventDefinition[] = Object.entries(BY_AGGREGATE).flatMap(([aggregate, schemas]) =>
  Object.entries(schemas).map(([type, data]) => ({
    // Cast: a key of a record over the names of aggregates.
    aggregate: aggregate as AggregateName,
    type,
    name: eventName(aggregate, type),
    schemaVersion: VERSIONS[type] ?? 1,
    data,
  })),
);

const byName = new Map(eventRegistry.map((known) => [`${known.aggregate}/${known.type}`, known]));

/** undefined for one of a newer version of the system. */
export function findEvent(aggregate: string, type: string): EventDefinition | undefined {
  return byName.get(`${aggregate}/${type}`);
}
