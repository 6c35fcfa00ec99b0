import { hash as digest } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';
import type { StoredEvent } from './event-store.js';

/** What of an event its hash covers. `recordedAt` is the store's remark, not part of the event. */
export type HashedParts = Pick<
  StoredEvent,
  'id' | 'streamId' | 'streamVersion' | 'type' | 'schemaVersion' | 'data' | 'metadata'
>;

/** The last event a stream is known to hold: what the next one is chained to. */
export interface ChainHead {
  readonly streamVersion: number;
  readonly hash: string;
}

/** Where a chain breaks, and how. */
export interface ChainFault {
  readonly streamId: string;
  readonly streamVersion: number;
  readonly eventId: string;
  /** `hash`: the event is not what was hashed. `previous-hash`: it does not follow the event before it. `version`: events are missing or out of order. */
  readonly broken: 'hash' | 'previous-hash' | 'version';
}

export type ChainVerdict =
  | { readonly intact: true; readonly length: number; readonly head: ChainHead | null }
  | { readonly intact: false; readonly fault: ChainFault };

/** `sha256:<hex>` over the previous hash (nothing for the first event) followed by the canonical form of the event. */
export function hashEvent(previousHash: string | null, event: HashedParts): string {
  return hashCanonical(previousHash, event, canonicalJson(event.data), canonicalJson(event.metadata));
}

/** As `hashEvent`, for a caller that has the canonical `data` and `metadata` already: they are half the cost of an append. */
export function hashCanonical(
  previousHash: string | null,
  event: Omit<HashedParts, 'data' | 'metadata'>,
  data: string,
  metadata: string,
): string {
  // The members stand in the order RFC 8785 asks for; the spec compares this with canonicalJson of the whole.
  const canonical =
    `{"data":${data},"id":${canonicalJson(event.id)},"metadata":${metadata},"schemaVersion":${event.schemaVersion},` +
    `"streamId":${canonicalJson(event.streamId)},"streamVersion":${event.streamVersion},"type":${canonicalJson(event.type)}}`;
  return `sha256:${digest('sha256', (previousHash ?? '') + canonical, 'hex')}`;
}

/** The fault of one event behind `head` (null at the start of a stream), or undefined when it fits. */
export function findFault(head: ChainHead | null, event: StoredEvent): ChainFault | undefined {
  const broken = brokenPart(head, event);
  if (broken === undefined) return undefined;
  return { streamId: event.streamId, streamVersion: event.streamVersion, eventId: event.id, broken };
}

function brokenPart(head: ChainHead | null, event: StoredEvent): ChainFault['broken'] | undefined {
  if (event.streamVersion !== (head?.streamVersion ?? 0) + 1) return 'version';
  if (event.previousHash !== (head?.hash ?? null)) return 'previous-hash';
  return event.hash === hashEvent(event.previousHash, event) ? undefined : 'hash';
}

/**
 * Verifies a stream, or the part of it behind `head`, and names the first event that does not fit.
 * It cannot see that the newest events were cut off: compare `head` with a certificate, or verify the numbering.
 */
export function verifyStream(events: readonly StoredEvent[], head: ChainHead | null = null): ChainVerdict {
  let last = head;
  for (const event of events) {
    const fault = findFault(last, event);
    if (fault) return { intact: false, fault };
    last = event;
  }
  return {
    intact: true,
    length: events.length,
    head: last && { streamVersion: last.streamVersion, hash: last.hash },
  };
}
