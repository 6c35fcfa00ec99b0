import { randomBytes } from 'node:crypto';

const FORM = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const SAMPLED = 1;

/** What a W3C traceparent says: in which trace, under which span, and whether whoever began the trace keeps it. */
export interface TraceContext {
  readonly traceId: string;
  /** null: no span of the trace exists yet, so whoever begins one begins its root. */
  readonly spanId: string | null;
  readonly sampled: boolean;
}

/** null when there is none or it is malformed, which the W3C recommendation says to treat alike. */
export function parseTraceparent(traceparent: string | undefined): TraceContext | null {
  const [, traceId, spanId, flags] = FORM.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  const sampled = (Number.parseInt(flags ?? '', 16) & SAMPLED) === SAMPLED;
  return { traceId, spanId: spanId === noSpanOf(traceId) ? null : spanId, sampled };
}

export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId ?? noSpanOf(traceId)}-${sampled ? '01' : '00'}`;
}

/** A new trace that has no span yet. */
export function newTrace(sampled = true): TraceContext {
  return { traceId: randomBytes(16).toString('hex'), spanId: null, sampled };
}

/** A caller's context as it came when it is valid, else that of a new, sampled trace. Whoever records no span passes on what it got. */
export function continueTrace(parent?: string): string {
  return formatTraceparent(parseTraceparent(parent) ?? newTrace());
}

/** The trace id in a traceparent; null when there is none or it is malformed. */
export function traceIdOf(traceparent: string | undefined): string | null {
  return parseTraceparent(traceparent)?.traceId ?? null;
}

/**
 * A traceparent must name a span, also where none exists yet. Ours then names the second half of the trace id, which no
 * span has but by a chance of one in 2^64: a trace whose root nobody recorded is still a tree with one root.
 */
function noSpanOf(traceId: string): string {
  return traceId.slice(16);
}
