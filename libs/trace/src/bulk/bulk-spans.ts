import type { BulkEvent } from '@necrocode/domain';
import { conventional, own } from '../attributes.js';
import { spanIdOf } from '../context/span-id.js';
import { span } from '../ended-span.js';
import { rootContextOf } from '../root-context.js';
import type { Attributes, Span, SpanLink } from '../span.js';
import type { Told } from '../told.js';

type Requested = Extract<BulkEvent, { type: 'BulkRequested' }>;
type Concluded = Extract<BulkEvent, { type: 'BulkConcluded' }>;

/** A bulk as it is stored. */
export interface BulkSources {
  readonly bulk: readonly Told<BulkEvent>[];
  /** Where the cancellations it has joined stand: they have traces of their own. */
  readonly joined: readonly SpanLink[];
}

/**
 * The spans of a bulk itself: `cancel queue` (or batch, or selector) and one for each chunk that was dequeued. What had begun has
 * a cancellation of its own, whose spans stand below it in the same trace.
 */
export function bulkTraceOf({ bulk, joined }: BulkSources): readonly Span[] {
  const first = bulk[0];
  if (first?.event.type !== 'BulkRequested') return [];
  const requested = first.event;
  const { root, parentSpanId } = rootContextOf(first);
  const ends = bulk.filter(isConcluded);
  const outcomes = ends.map((end, index): Span => {
    const { certificate, at } = end.event;
    const { outcome } = certificate;
    const common = {
      traceId: root.traceId,
      endedAt: at,
      recordedAt: end.recordedAt,
      error: outcome === 'partial' || outcome === 'unconfirmed' ? outcome : null,
      attributes: { ...attributesOf(requested), [own.outcome]: outcome },
    };
    const before = ends[index - 1];
    if (before) {
      const driven = { spanId: spanIdOf(end.id), parentSpanId: root.spanId, startedAt: before.event.at };
      return span({ ...common, ...driven, name: 'drive on' });
    }
    const { spanId } = root;
    const name = `cancel ${requested.target.kind}`;
    return span({ ...common, spanId, parentSpanId, name, startedAt: requested.requestedAt, links: joined });
  });
  return [...outcomes, ...chunkSpans(bulk, root)];
}

function isConcluded(told: Told<BulkEvent>): told is Told<Concluded> {
  return told.event.type === 'BulkConcluded';
}

function chunkSpans(
  bulk: readonly Told<BulkEvent>[],
  { traceId, spanId }: { readonly traceId: string; readonly spanId: string },
): readonly Span[] {
  return bulk.flatMap(({ event, recordedAt }) => {
    if (event.type !== 'BulkChunkDequeued') return [];
    const { chunk, dequeued, started, ended, at } = event;
    const start = bulk.find((told) => told.event.type === 'BulkChunkStarted' && told.event.chunk === chunk);
    if (!start) return [];
    return span({
      traceId,
      spanId: spanIdOf(start.id),
      parentSpanId: spanId,
      name: 'dequeue',
      startedAt: start.event.at,
      endedAt: at,
      recordedAt,
      attributes: {
        [own.chunk]: chunk,
        [own.dequeued]: dequeued,
        [own.hadStarted]: started.length,
        [own.hadEnded]: ended.length,
      },
    });
  });
}

function attributesOf({ cancellationId, target, reason, requestedBy, plan }: Requested): Attributes {
  return {
    [own.cancellationId]: cancellationId,
    [own.scope]: target.kind,
    [own.targets]: plan.targets,
    [own.reason]: reason.code,
    [conventional.endUserId]: requestedBy,
  };
}
