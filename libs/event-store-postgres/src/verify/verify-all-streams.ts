import { type ChainFault, type ChainHead, findFault, type StoredEvent } from '@necrocode/event-store';
import type { SqlExecutor } from '../database/sql-executor.js';
import { EVENT_COLUMNS, toStoredEvent } from '../read/event-row.js';

const PAGE = 2_000;
const NEXT_PAGE = /* sql */ `
  select ${EVENT_COLUMNS} from event_store.events e
  where (e.stream_id, e.stream_version) > ($1, $2)
  order by e.stream_id, e.stream_version limit ${PAGE}`;

/** What verifying one stream found. */
export interface StreamVerification {
  readonly streamId: string;
  /** Events read, up to and with the first fault. */
  readonly length: number;
  /** The first event that does not fit; undefined when the chain is intact. */
  readonly fault: ChainFault | undefined;
}

/**
 * Recomputes the hash chain of every stream, in order of stream id, holding one page of events at a time.
 * @param from the first stream id; default the first there is
 */
export async function* verifyAllStreams(
  executor: SqlExecutor,
  from = '',
): AsyncGenerator<StreamVerification, void, undefined> {
  let stream: { streamId: string; length: number; head: ChainHead | null; fault: ChainFault | undefined } | undefined;
  for await (const event of readEveryStream(executor, from)) {
    if (stream?.streamId !== event.streamId) {
      if (stream) yield { streamId: stream.streamId, length: stream.length, fault: stream.fault };
      stream = { streamId: event.streamId, length: 0, head: null, fault: undefined };
    }
    if (stream.fault) continue;
    stream.fault = findFault(stream.head, event);
    stream.head = event;
    stream.length++;
  }
  if (stream) yield { streamId: stream.streamId, length: stream.length, fault: stream.fault };
}

async function* readEveryStream(executor: SqlExecutor, from: string): AsyncGenerator<StoredEvent, void, undefined> {
  let [streamId, streamVersion] = [from, 0];
  for (;;) {
    const { rows } = await executor.query(NEXT_PAGE, [streamId, streamVersion]);
    for (const row of rows) {
      const event = toStoredEvent(row);
      [streamId, streamVersion] = [event.streamId, event.streamVersion];
      yield event;
    }
    if (rows.length < PAGE) return;
  }
}
