import { z } from 'zod';
import { cloudEventSchema } from '../cloud-event/cloud-event.js';
import { batchId, jobId } from '../ids/ids.js';
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

/** `GET /jobs`: newest first. `state` and `label` may be repeated; a job must have every label. */
export const listJobsQuery = z.strictObject({
  queue: text(100).optional(),
  state: several(jobStatus).optional(),
  label: several(text(301).regex(/^[^=]{1,100}=[^]{0,200}$/, 'must look like key=value')).optional(),
  owner: text(200).optional(),
  batchId: batchId.optional(),
  limit: limit(200).default(50),
  /** `nextCursor` of the page before. */
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/, 'must be the nextCursor of the page before')
    .optional(),
});

/** `GET /cancellations`: newest first. */
export const listCancellationsQuery = z.strictObject({
  jobId: jobId.optional(),
  status: several(cancellationStatus).optional(),
  limit: limit(200).default(50),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
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

export const noQuery = z.strictObject({});

/** A page of a list; `nextCursor` is null on the last one. */
export const jobPage = z
  .object({ items: z.array(jobSummary), nextCursor: z.string().nullable() })
  .meta({ id: 'JobPage' });

export const cancellationPage = z
  .object({
    items: z.array(cancellationSummary),
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
export type JobPage = z.infer<typeof jobPage>;
export type CancellationPage = z.infer<typeof cancellationPage>;
export type EventList = z.infer<typeof eventList>;
export type RunnerList = z.infer<typeof runnerList>;
export type QueueList = z.infer<typeof queueList>;
export type SlotPoolList = z.infer<typeof slotPoolList>;
