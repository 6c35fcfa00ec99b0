import type { CancellationEvent } from '@necrocode/domain';
import type { Told } from '../told.js';

const OUTCOMES = {
  CancellationCompleted: 'completed',
  CancellationLeftPartial: 'partial',
  CancellationLeftUnconfirmed: 'unconfirmed',
  CancellationUndone: 'undone',
} as const;

export type Outcome = (typeof OUTCOMES)[keyof typeof OUTCOMES];

/** A stretch of a cancellation that ended with an outcome: the first, and one for each time it was driven on after an interim one. */
export interface Segment {
  /** With its last event telling the outcome. */
  readonly events: readonly Told<CancellationEvent>[];
  readonly end: Told<CancellationEvent>;
  readonly outcome: Outcome;
}

/** What is after the last outcome has not ended and is not in it. */
export function segmentsOf(events: readonly Told<CancellationEvent>[]): readonly Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  events.forEach((told, index) => {
    const outcome = outcomeOf(told.event);
    if (outcome === null) return;
    segments.push({ events: events.slice(from, index + 1), end: told, outcome });
    from = index + 1;
  });
  return segments;
}

function outcomeOf({ type }: CancellationEvent): Outcome | null {
  return type in OUTCOMES ? OUTCOMES[type as keyof typeof OUTCOMES] : null;
}

/** What was known when the event at `index` was first exported: everything up to the outcome that came next. */
export function untilOutcome(
  events: readonly Told<CancellationEvent>[],
  index: number,
): readonly Told<CancellationEvent>[] {
  const end = events.findIndex(({ event }, at) => at >= index && outcomeOf(event) !== null);
  return end === -1 ? events : events.slice(0, end + 1);
}
