import { MalformedAppend } from './errors.js';
import type { NewEvent, StreamAppend } from './event-store.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const NUL = '\u0000';

/**
 * What every store refuses before it looks at anything stored, so that no adapter is more forgiving than another.
 * Ids are lower-case UUIDs because the hash covers their text. Names hold no NUL because PostgreSQL text cannot.
 * @throws {MalformedAppend}
 */
export function checkAppend(streams: readonly StreamAppend[]): void {
  if (streams.length === 0) throw new MalformedAppend('no stream given');
  const streamIds = new Set<string>();
  const eventIds = new Set<string>();
  for (const { streamId, expectedVersion, events } of streams) {
    if (streamId === '' || streamId.includes(NUL))
      throw new MalformedAppend(`"${streamId}" cannot be the id of a stream`);
    if (streamIds.has(streamId)) throw new MalformedAppend(`stream ${streamId} is given twice`);
    if (!Number.isSafeInteger(expectedVersion) || expectedVersion < 0)
      throw new MalformedAppend(`stream ${streamId} cannot be at version ${expectedVersion}`);
    if (events.length === 0) throw new MalformedAppend(`no event given for stream ${streamId}`);
    streamIds.add(streamId);
    for (const event of events) {
      checkEvent(event);
      if (eventIds.has(event.id)) throw new MalformedAppend(`event id ${event.id} is given twice`);
      eventIds.add(event.id);
    }
  }
}

function checkEvent({ id, type, schemaVersion }: NewEvent): void {
  if (!UUID.test(id)) throw new MalformedAppend(`event id "${id}" is not a lower-case UUID`);
  if (type === '' || type.includes(NUL)) throw new MalformedAppend(`event ${id} has no usable type`);
  if (!Number.isSafeInteger(schemaVersion) || schemaVersion < 1)
    throw new MalformedAppend(`event ${id} has schema version ${schemaVersion}; the first is 1`);
}
