import type { StoredEvent } from '@necrocode/event-store';

/** Events that say somebody tried or asked, not that anything changed. */
const NO_EVIDENCE = new Set(['StepFailed', 'StepRetried', 'CancellationJoined']);

/** When the newest event of a cancellation that is evidence was recorded. @throws {RangeError} for a stream without events */
export function lastEvidenceIn(events: readonly StoredEvent[]): string {
  const newest = events.findLast(({ type }) => !NO_EVIDENCE.has(type)) ?? events[0];
  if (!newest) throw new RangeError('a cancellation without events has no evidence');
  return newest.recordedAt;
}
