import { instantOf, isLater } from './instant.js';
import type { Span } from './span.js';

/** By their starts; a span stands before those it holds. */
export function inOrder(spans: readonly Span[]): readonly Span[] {
  const known = spans.map((span) => ({ span, start: instantOf(span.startedAt), end: instantOf(span.endedAt) }));
  known.sort((one, other) => sign(one.start - other.start) || sign(other.end - one.end));
  return known.map(({ span }) => span);
}

/**
 * The part of a trace that an outcome made due: what was known by then and not yet by the outcome before it.
 * @param since when the outcome before it was stored; null for the first
 * @param until when this outcome was stored
 */
export function recordedWithin(spans: readonly Span[], since: string | null, until: string): readonly Span[] {
  return spans.filter(
    ({ recordedAt }) => !isLater(recordedAt, until) && (since === null || isLater(recordedAt, since)),
  );
}

function sign(difference: bigint): number {
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}
