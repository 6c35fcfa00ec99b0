import { z } from 'zod';

/**
 * CloudEvent 1.0, structured JSON: what NATS, SSE, webhooks and the CLI's ndjson carry for an event of the store. `subject` is the
 * aggregate's id; extension attributes are lower-case letters and digits only, as the specification asks.
 */
export const cloudEventSchema = z
  .object({
    specversion: z.literal('1.0'),
    /** The event's id; message id on NATS. */
    id: z.string().min(1),
    /** `/necrocode/<owning service>` */
    source: z.string().regex(/^\/necrocode\/[a-z-]+$/),
    /** `io.necrocode.<aggregate>.<event>.v<schema version>` */
    type: z.string().regex(/^io\.necrocode\.[a-z-]+\.[a-z0-9-]+\.v[1-9][0-9]*$/),
    subject: z.string().min(1),
    time: z.iso.datetime({ offset: true }),
    datacontenttype: z.literal('application/json'),
    data: z.unknown(),
    /** Position in the store's total order, decimal; also the SSE id. */
    sequence: z.string().regex(/^[1-9][0-9]*$/),
    streamid: z.string().min(1),
    streamversion: z.int().positive(),
    /** The event's type as stored: its short name in `type` cannot be turned back. */
    eventtype: z.string().min(1),
    actor: z.string().min(1),
    correlationid: z.string().min(1),
    causationid: z.string().min(1).optional(),
    traceparent: z.string().min(1).optional(),
    hash: z.string().min(1),
    /** Absent for the first event of a stream. */
    previoushash: z.string().min(1).optional(),
    /** What of the data was left out, so that its hash cannot be computed from it; absent where nothing was. */
    withheld: z.string().min(1).optional(),
  })
  .meta({ id: 'CloudEvent' });

export type CloudEvent = z.infer<typeof cloudEventSchema>;
