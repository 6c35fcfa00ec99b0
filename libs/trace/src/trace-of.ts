import { cleanupSpans } from './cancellation/cleanup-spans.js';
import { dispatcherSpans } from './cancellation/dispatcher-spans.js';
import { executionSpans } from './cancellation/execution-spans.js';
import { holdSpans } from './cancellation/hold-spans.js';
import { rootSpans } from './cancellation/root-spans.js';
import { stepSpans } from './cancellation/step-spans.js';
import { inOrder } from './in-order.js';
import { rootContextOf } from './root-context.js';
import type { Span } from './span.js';
import type { TraceSources } from './trace-sources.js';

/**
 * The spans of a cancellation that have ended. Pure, and the only place they come from: what is exported when an outcome is stored
 * and what is rebuilt long after are the same spans, for a span that has ended never changes when more events come.
 */
export function traceOf(sources: TraceSources): readonly Span[] {
  const { cancellation } = sources;
  const first = cancellation[0];
  if (first?.event.type !== 'CancellationRequested') return [];
  const context = rootContextOf(first);
  const spans = [
    ...rootSpans(sources, first.event, context),
    ...holdSpans(cancellation, context),
    ...stepSpans(cancellation, context),
    ...executionSpans(sources, context),
    ...dispatcherSpans(sources, context),
    ...cleanupSpans(sources, context),
  ];
  return inOrder(spans);
}
