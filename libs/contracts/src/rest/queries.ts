import { z } from 'zod';
import { aggregateNames } from '../cloud-event/aggregate.js';
import { cloudEventSchema } from '../cloud-event/cloud-event.js';
import { batchId, cancellationId, jobId } from '../ids/ids.js';
import { REASON_CODES } from '@necrocode/domain';
import { bulkStatus, bulkSummary } from './bulk.js';
import { cancellationStatus, cancellationSummary } from './cancellation-resource.js';
import { jobStatus, jobSummary } from './job-resource.js';
import { queueResource, runnerResource, slotPoolResource } from './estate-resources.js';

/** Longest wait of `?wait=` and `Prefer: wait=`, seconds. A client that wants more asks again. */
export const LONGEST_WAIT_S = 300;

const limit = (most: number) => z.coerce.number().int().min(1).max(most);
/** No text in the database holds a NUL, so none can be looked for. */
const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((value) => !value.includes('\0'), 'must not contain a NUL character');
/** One value or several, as a query string brings them. */
const several = <Item extends z.ZodType>(item: Item) =>
  z.union([item, z.array(item)]).transform((value) => (Array.isArray(value) ? value : [value]));

const cursor = z.string().regex(/^[A-Za-z0-9_-]{1,60}$/, 'must be the nextCursor of the page before');

/** `GET /jobs`: newest first. `state` and `label` may be repeated; a job must have every label. */
export const listJobsQuery = z.strictObject({
  queue: text(100).optional(),
  state: several(jobStatus).optional(),
  label: several(text(301).regex(/^[^=]{1,100}=[^]{0,200}$/, 'must look like key=value')).optional(),
  owner: text(200).optional(),
  batchId: batchId.optional(),
  limit: limit(200).default(50),
  /** `nextCursor` of the page before. */
  cursor: cursor.optional(),
});

/** What a cancellation means: a job, a task, or the jobs of a bulk. */
const cancellationScope = z.enum(['job', 'task', 'batch', 'queue', 'selector']);

/** `GET /cancellations`: newest first. Everything that is given must fit; `status`, `reason` and `scope` may be repeated. */
export const listCancellationsQuery = z
  .strictObject({
    jobId: jobId.optional(),
    /** Only what this bulk opened: a cancellation of its own for each job that had begun. */
    bulkId: cancellationId.optional(),
    /** How far it is; once it is over, its outcome. */
    status: several(z.enum([...new Set([...cancellationStatus.options, ...bulkStatus.options])])).optional(),
    /** Who asked first: `user:ada`, `service:dispatcher`. */
    requestedBy: text(200).optional(),
    reason: several(z.enum(REASON_CODES)).optional(),
    scope: several(cancellationScope).optional(),
    /** Whether SIGKILL was used. */
    forced: z
      .enum(['true', 'false'])
      .transform((forced) => forced === 'true')
      .optional(),
    /** Requested then or later. */
    since: z.iso.datetime({ offset: true }).optional(),
    /** Requested before. */
    until: z.iso.datetime({ offset: true }).optional(),
    limit: limit(200).default(50),
    /** `nextCursor` of the page before: as fast on the last page as on the first. */
    cursor: cursor.optional(),
    /** To leave some out at the beginning; a cursor goes further. */
    offset: z.coerce.number().int().min(0).max(10_000).default(0),
  })
  .refine(({ cursor: behind, offset }) => behind === undefined || offset === 0, {
    path: ['offset'],
    message: 'not together with a cursor',
  });

/** `?wait=30s`, `?wait=30` or `?wait=1500ms`: answers when done, at the latest after that time. */
export const waitQuery = z.strictObject({
  wait: z
    .string()
    .regex(/^\d{1,6}(ms|s)?$/, 'must be a time such as 30s or 1500ms')
    .transform((text) => Number.parseInt(text, 10) * (text.endsWith('ms') ? 1 : 1_000))
    .refine((ms) => ms <= LONGEST_WAIT_S * 1_000, `at most ${LONGEST_WAIT_S} s`)
    .optional(),
});

export const replayQuery = z.strictObject({ at: z.coerce.number().int().min(1).optional() });

export const followQuery = z.strictObject({
  follow: z
    .enum(['true', 'false'])
    .default('false')
    .transform((follow) => follow === 'true'),
});

/** `GET /events`: behind `after`, or the `last` so many that are there and all that follow. */
export const watchEventsQuery = z.strictObject({
  after: z.coerce.number().int().min(0).optional(),
  last: z.coerce.number().int().min(0).max(10_000).default(0),
  aggregate: z.enum(aggregateNames).optional(),
  /** As it is stored: `CancellationCompleted`. */
  type: z.string().max(100).optional(),
});

export const noQuery = z.strictObject({});

/** A page of a list; `nextCursor` is null on the last one. */
export const jobPage = z
  .object({ items: z.array(jobSummary), nextCursor: z.string().nullable() })
  .meta({ id: 'JobPage' });

export const cancellationPage = z
  .object({
    items: z.array(z.union([cancellationSummary, bulkSummary])),
    /** null on the last page. */
    nextCursor: z.string().nullable(),
    /** How many fit, counted up to 1,000. */
    total: z.int().min(0),
    limit: z.int().min(1),
    offset: z.int().min(0),
  })
  .meta({ id: 'CancellationPage' });

/** Events as JSON; the last one's `sequence` resumes an event stream. */
export const eventList = z.object({ items: z.array(cloudEventSchema) }).meta({ id: 'EventList' });
export const runnerList = z.object({ items: z.array(runnerResource) }).meta({ id: 'RunnerList' });
export const queueList = z.object({ items: z.array(queueResource) }).meta({ id: 'QueueList' });
export const slotPoolList = z.object({ items: z.array(slotPoolResource) }).meta({ id: 'SlotPoolList' });

export type ListJobsQuery = z.input<typeof listJobsQuery>;
export type ListJobs = z.infer<typeof listJobsQuery>;
export type ListCancellationsQuery = z.input<typeof listCancellationsQuery>;
export type ListCancellations = z.infer<typeof listCancellationsQuery>;
export type WatchEvents = z.infer<typeof watchEventsQuery>;
export type JobPage = z.infer<typeof jobPage>;
export type CancellationPage = z.infer<typeof cancellationPage>;
export type EventList = z.infer<typeof eventList>;
export type RunnerList = z.infer<typeof runnerList>;
export type QueueList = z.infer<typeof queueList>;
export type SlotPoolList = z.infer<typeof slotPoolList>;
