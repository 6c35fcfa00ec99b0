import { owners, parseStreamId } from './aggregate.js';
import type { CloudEvent } from './cloud-event.js';
import { eventName } from './event-name.js';
import type { EventRecord } from './event-record.js';
import { subjects } from '../subjects.js';

/** @throws {RangeError} when the event's stream belongs to no known aggregate */
export function toCloudEvent(event: EventRecord): CloudEvent {
  const { aggregate, aggregateId } = parseStreamId(event.streamId);
  const { actor, correlationId, causationId, traceparent } = event.metadata;
  return {
    specversion: '1.0',
    id: event.id,
    source: `/necrocode/${owners[aggregate]}`,
    type: `io.necrocode.${aggregate}.${eventName(aggregate, event.type)}.v${event.schemaVersion}`,
    subject: aggregateId,
    time: event.recordedAt,
    datacontenttype: 'application/json',
    sequence: event.position.toString(),
    streamid: event.streamId,
    streamversion: event.streamVersion,
    eventtype: event.type,
    actor,
    correlationid: correlationId,
    ...(causationId === undefined ? {} : { causationid: causationId }),
    ...(traceparent === undefined ? {} : { traceparent }),
    hash: event.hash,
    ...(event.previousHash === null ? {} : { previoushash: event.previousHash }),
    data: event.data,
  };
}

/** The NATS subject an event is published to. @throws {RangeError} when its stream belongs to no known aggregate */
export function eventSubject(event: Pick<EventRecord, 'streamId' | 'type'>): string {
  const { aggregate, aggregateId } = parseStreamId(event.streamId);
  return subjects.event(aggregate, aggregateId, eventName(aggregate, event.type));
}
