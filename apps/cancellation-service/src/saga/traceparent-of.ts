import type { StoredEvent } from '@necrocode/event-store';
import { formatTraceparent, partContextOf, rootContextOf, type TracePart } from '@necrocode/trace';

/** The trace context of a part of a cancellation: what is asked for in its name stands below its span. Undefined only before the request is stored. */
export function traceparentOf(
  { events: [first] }: { readonly events: readonly StoredEvent[] },
  part: TracePart,
): string | undefined {
  if (!first) return undefined;
  const context = rootContextOf({ id: first.id, traceparent: first.metadata.traceparent });
  return formatTraceparent(partContextOf(context, part));
}
