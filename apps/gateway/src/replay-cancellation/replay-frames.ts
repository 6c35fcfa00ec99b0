import type { ReplayFrame } from '@necrocode/contracts';
import type { StoredEvent } from '@necrocode/event-store';
import { presentCancellation } from '../show-cancellation/present-cancellation.js';
import { foldCancellation } from '../streams/stream-reader.js';

/**
 * The state after the first `at` events of a cancellation's stream. It comes from these events alone: an execution's signals are
 * seen when its ending is recorded. The clock is that of the last event, so the same frame is the same for ever.
 */
export function replayFrame(events: readonly StoredEvent[], at: number): ReplayFrame | null {
  const folded = events.slice(0, at);
  const event = folded.at(-1);
  const cancellation = foldCancellation(folded);
  if (!event || folded.length < at || cancellation.status === 'unknown') return null;
  const { id, type, recordedAt, metadata, data } = event;
  const facts = { cancellation, version: at, executions: new Map() };
  return {
    at,
    event: { id, type, recordedAt, actor: metadata.actor, data },
    cancellation: presentCancellation(facts, recordedAt),
  };
}
