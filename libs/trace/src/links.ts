import type { Attributes, SpanLink } from './span.js';
import { parseTraceparent } from './context/traceparent.js';

/** A link to where an event of another trace comes from; none when it is of this trace. */
export function linkTo(traceparent: string | undefined, traceId: string, attributes: Attributes): readonly SpanLink[] {
  const context = parseTraceparent(traceparent);
  if (!context || context.traceId === traceId) return [];
  const { sampled } = context;
  return [{ traceId: context.traceId, spanId: context.spanId ?? context.traceId.slice(16), sampled, attributes }];
}
