import type { AuditQuery, AuditVerification } from '@necrocode/contracts';
import { type ChainFault, verifyStream } from '@necrocode/event-store';
import type { PostgresEventStore } from '@necrocode/event-store-postgres';
import { CodedError } from '@necrocode/service-kit';

/** Faults listed at most. */
const MOST = 100;
/** Between two lines of progress, streams. */
const STREAMS_A_LINE = 200;

type Result = Extract<AuditVerification, { kind: 'result' }>;

/**
 * Recomputes the hash chain of one stream, or of all, and then looks whether a numbered event is gone: a chain cannot show that its
 * newest events were cut off.
 * @param signal ends it early, with the signal's reason
 * @throws {CodedError} `stream-not-found`
 */
export async function* verifyAudit(
  store: PostgresEventStore,
  { stream, from }: AuditQuery,
  signal?: AbortSignal,
): AsyncGenerator<AuditVerification, void, undefined> {
  if (stream !== undefined) return yield await verifyOne(store, stream);
  const of = Number(await store.lastPosition());
  const faults: Result['faults'] = [];
  let [streams, events, broken] = [0, 0, 0];
  for await (const { streamId, length, fault } of store.verifyAllStreams(from)) {
    signal?.throwIfAborted();
    streams += 1;
    events += length;
    if (fault) broken += 1;
    if (fault && faults.length < MOST) faults.push(present(fault));
    if (streams % STREAMS_A_LINE === 0) yield { kind: 'progress', events, of, streams, stream: streamId };
  }
  const gaps = await store.verifyNumbering();
  const numbering = gaps.slice(0, MOST).map(({ position, missing }) => ({ position: position.toString(), missing }));
  yield { kind: 'result', streams, events, faults, numbering, more: broken > MOST || gaps.length > MOST };
}

async function verifyOne(store: PostgresEventStore, stream: string): Promise<Result> {
  const events = await store.readStream(stream);
  if (events.length === 0) throw new CodedError('stream-not-found', { stream });
  const verdict = verifyStream(events);
  const faults = verdict.intact ? [] : [present(verdict.fault)];
  return { kind: 'result', streams: 1, events: events.length, faults, numbering: [], more: false };
}

function present({ streamId, streamVersion, eventId, broken }: ChainFault): Result['faults'][number] {
  return { stream: streamId, version: streamVersion, eventId, broken };
}
