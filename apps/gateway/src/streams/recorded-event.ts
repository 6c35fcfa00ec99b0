import { type EventRecord, fromCloudEvent, type RecordedEvent } from '@necrocode/contracts';
import type { StoredEvent } from '@necrocode/event-store';
import type { TimelineEntry } from '../read-model/timeline.js';

export function presentEvent({ id, type, streamId, recordedAt, metadata, data }: StoredEvent): RecordedEvent {
  return { id, type, stream: streamId, recordedAt, actor: metadata.actor, data };
}

/** The event of the store that an entry of a timeline carries. */
export function eventOf({ event }: TimelineEntry): EventRecord {
  return fromCloudEvent(JSON.parse(event));
}
