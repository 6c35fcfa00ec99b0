import { z } from 'zod';
import { timestamp } from '../ids/ids.js';

const count = z.int().min(0);
const position = z.string().regex(/^\d+$/);

/** A read model and how far it is. */
export const projectionResource = z
  .object({
    name: z.string(),
    /** How its rows are built: raised by a release that builds them in another way. */
    version: z.int().min(1),
    /** Grows with each rebuild that took over. */
    build: z.int().min(1),
    since: timestamp,
    /** Of the last event in its rows. */
    position,
    /** Events of the store that are not in it yet. */
    behind: count,
    /** The one being built beside it; null when there is none. */
    rebuild: z.object({ build: z.int().min(1), position, behind: count }).nullable(),
  })
  .meta({ id: 'Projection' });

export const projectionList = z.object({ items: z.array(projectionResource) }).meta({ id: 'ProjectionList' });

/** A field whose live value is not what the events give; null where there is none. */
export const projectionDifference = z
  .object({
    table: z.string(),
    id: z.string(),
    /** Path of the field; empty when one side has no such row. */
    field: z.string(),
    live: z.string().nullable(),
    rebuilt: z.string().nullable(),
  })
  .meta({ id: 'ProjectionDifference' });

const progress = z.object({ kind: z.literal('progress'), events: count, of: count });

/** One line of the answer to a verification; the last one is the result. */
export const projectionVerification = z
  .discriminatedUnion('kind', [
    progress,
    z.object({
      kind: z.literal('result'),
      name: z.string(),
      /** What was compared is the state at this position. */
      position,
      rows: z.record(z.string(), count),
      differences: z.array(projectionDifference),
      /** There are more differences than are listed. */
      more: z.boolean(),
    }),
  ])
  .meta({ id: 'ProjectionVerification' });

/** `GET /audit/verification`. */
export const auditQuery = z.strictObject({
  /** Only this stream. */
  stream: z.string().min(1).max(200).optional(),
  /** Begin at this stream, in order of stream ids: where an earlier verification was ended. */
  from: z.string().min(1).max(200).optional(),
});

export const auditVerification = z
  .discriminatedUnion('kind', [
    progress.extend({ streams: count, stream: z.string() }),
    z.object({
      kind: z.literal('result'),
      streams: count,
      events: count,
      /** The first event of each broken stream that does not fit. */
      faults: z.array(
        z.object({
          stream: z.string(),
          version: count,
          eventId: z.string(),
          /** `hash`: not what was hashed. `previous-hash`: does not follow the one before. `version`: some are missing. */
          broken: z.enum(['hash', 'previous-hash', 'version']),
        }),
      ),
      /** Positions whose event is gone, and positions that were never given; looked at only when all streams are. */
      numbering: z.array(z.object({ position, missing: z.enum(['event', 'position']) })),
      /** There are more faults than are listed. */
      more: z.boolean(),
    }),
  ])
  .meta({ id: 'AuditVerification' });

export type ProjectionResource = z.infer<typeof projectionResource>;
export type ProjectionList = z.infer<typeof projectionList>;
export type ProjectionDifference = z.infer<typeof projectionDifference>;
export type ProjectionVerification = z.infer<typeof projectionVerification>;
export type AuditQuery = z.infer<typeof auditQuery>;
export type AuditVerification = z.infer<typeof auditVerification>;
