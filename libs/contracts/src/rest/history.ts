import { z } from 'zod';
import { executionId, jobId, slotId, taskId, timestamp } from '../ids/ids.js';
import { artifactsResource } from './estate-resources.js';
import { jobResource } from './job-resource.js';

/** A position in the store's total order, decimal text: it may be more than a double holds. */
const position = z.string().regex(/^[1-9]\d{0,17}$/, 'must be a position: a whole number from 1');

/** A moment of the past: the position of an event, or an instant. */
export type PointInTime =
  { readonly kind: 'position'; readonly position: bigint } | { readonly kind: 'time'; readonly time: string };

/** `GET /jobs/{jobId}/history`: without `at` the moments there are. */
export const historyQuery = z.strictObject({
  at: z
    .union([
      position.transform((text): PointInTime => ({ kind: 'position', position: BigInt(text) })),
      z.iso.datetime({ offset: true }).transform((time): PointInTime => ({ kind: 'time', time })),
    ])
    .optional(),
});

/** An event as a history or a replay shows it. */
export const recordedEvent = z
  .object({
    id: z.string(),
    type: z.string(),
    stream: z.string(),
    recordedAt: timestamp,
    actor: z.string(),
    data: z.unknown(),
  })
  .meta({ id: 'RecordedEvent' });

/** What happened to a job and all that belongs to it, in store order; each position is a moment to look at. */
export const jobHistory = z
  .object({ jobId, events: z.array(recordedEvent.omit({ data: true }).extend({ position })) })
  .meta({ id: 'JobHistory' });

/** A job with its executions, slots and cleanup as they were then. It comes from the events up to that moment alone. */
export const jobAsItWas = z
  .object({
    /** Of the last event that had happened. */
    position,
    recordedAt: timestamp,
    job: jobResource,
    /** What its executions held. */
    slots: z.array(
      z.object({
        pool: z.string(),
        slotId,
        /** `soiled`: its holder had ended and it was not proven clean yet. */
        status: z.enum(['leased', 'soiled']),
        executionId,
        taskId,
        since: timestamp,
      }),
    ),
    cleanup: artifactsResource,
  })
  .meta({ id: 'JobAsItWas' });

export type RecordedEvent = z.infer<typeof recordedEvent>;
export type JobHistory = z.infer<typeof jobHistory>;
export type JobAsItWas = z.infer<typeof jobAsItWas>;
