import { cloudEventSchema } from './cloud-event.js';
import type { EventRecord } from './event-record.js';

/** The event a CloudEvent of ours carries. @throws {ZodError} naming every attribute that does not fit */
export function fromCloudEvent(input: unknown): EventRecord {
  const event = cloudEventSchema.parse(input);
  return {
    id: event.id,
    type: event.eventtype,
    schemaVersion: Number(event.type.slice(event.type.lastIndexOf('.v') + 2)),
    data: event.data,
    metadata: {
      actor: event.actor,
      correlationId: event.correlationid,
      ...(event.causationid === undefined ? {} : { causationId: event.causationid }),
      ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
    },
    streamId: event.streamid,
    streamVersion: event.streamversion,
    recordedAt: event.time,
    hash: event.hash,
    previousHash: event.previoushash ?? null,
    position: BigInt(event.sequence),
  };
}
