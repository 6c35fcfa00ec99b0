import type { StepName } from '@necrocode/domain';
import { parseTraceparent, type TraceContext } from './context/traceparent.js';
import { spanIdOf } from './context/span-id.js';

/** Where a cancellation stands in the world of traces. */
export interface RootContext {
  /** The id of the event that stored the request. */
  readonly requestId: string;
  /** Its root span's own. */
  readonly root: TraceContext & { readonly spanId: string };
  /** The span it was asked for in; null when nobody recorded one. */
  readonly parentSpanId: string | null;
}

/**
 * @param first the event that stored the request. One without a trace (its asker had none) gets the trace its own id names: a UUID
 * has the size of a trace id.
 */
export function rootContextOf(first: { readonly id: string; readonly traceparent: string | undefined }): RootContext {
  const asked = parseTraceparent(first.traceparent);
  const traceId = asked?.traceId ?? first.id.replaceAll('-', '');
  const root = { traceId, spanId: spanIdOf(first.id), sampled: asked?.sampled ?? true };
  return { requestId: first.id, root, parentSpanId: asked?.spanId ?? null };
}

/** A step, or the undo window. */
export type TracePart = StepName | 'hold';

/** The span of a part of a cancellation, known before the part begins: others are put below it, whatever comes first. */
export function partContextOf({ requestId, root }: RootContext, part: TracePart): RootContext['root'] {
  return { ...root, spanId: spanIdOf(requestId, part) };
}
