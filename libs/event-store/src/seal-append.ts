import { canonicalJson } from './canonical-json.js';
import { MalformedAppend } from './errors.js';
import type { NewEvent, StoredEvent, StreamAppend } from './event-store.js';
import { hashCanonical } from './hash-chain.js';

/** An event with its place in its stream and its hash, ready to be stored. */
export interface SealedEvent {
  readonly event: Omit<StoredEvent, 'recordedAt'>;
  /** Canonical JSON: exactly what was hashed, so what an adapter should store. */
  readonly data: string;
  readonly metadata: string;
}

/**
 * Gives the events of one stream their versions and chains them to `previousHash`, the hash of the event at `expectedVersion`.
 * @throws {MalformedAppend} when data or metadata is not JSON.
 */
export function sealAppend(
  { streamId, expectedVersion, events }: StreamAppend,
  previousHash: string | null,
): SealedEvent[] {
  let previous = previousHash;
  return events.map((event, index) => {
    const sealed = seal(event, streamId, expectedVersion + index + 1, previous);
    previous = sealed.event.hash;
    return sealed;
  });
}

function seal(event: NewEvent, streamId: string, streamVersion: number, previousHash: string | null): SealedEvent {
  const data = asJson(event, 'data');
  const metadata = asJson(event, 'metadata');
  const placed = {
    id: event.id,
    streamId,
    streamVersion,
    type: event.type,
    schemaVersion: event.schemaVersion,
    data: event.data,
    metadata: event.metadata,
  };
  const hash = hashCanonical(previousHash, placed, data, metadata);
  return { event: { ...placed, hash, previousHash }, data, metadata };
}

function asJson(event: NewEvent, part: 'data' | 'metadata'): string {
  if (event[part] === undefined) throw new MalformedAppend(`event ${event.id} (${event.type}) has no ${part}`);
  try {
    const text = canonicalJson(event[part], part);
    // V8 keeps a text made of pieces as a tree of them until one of its characters is read. Ten thousand such trees, alive until they are
    // written, were half the time of a large append, all of it garbage collection.
    text.charCodeAt(0);
    return text;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unknown';
    throw new MalformedAppend(`event ${event.id} (${event.type}) cannot be stored: ${reason}`, { cause });
  }
}
