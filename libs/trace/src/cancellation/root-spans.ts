import type { CancellationEvent } from '@necrocode/domain';
import { conventional, own } from '../attributes.js';
import { spanIdOf } from '../context/span-id.js';
import { span } from '../ended-span.js';
import { linkTo } from '../links.js';
import type { RootContext } from '../root-context.js';
import type { Attributes, Span, SpanNote } from '../span.js';
import type { Told } from '../told.js';
import type { TraceSources } from '../trace-sources.js';
import { type Outcome, type Segment, segmentsOf } from './segments.js';

type Requested = Extract<CancellationEvent, { type: 'CancellationRequested' }>;

/**
 * `cancel job` or `cancel task`, from the request in the gateway's hand to the first outcome. An interim outcome ends it, for a span
 * that may last for days is one that nobody sees; what then drives it on is a `drive on` below it.
 */
export function rootSpans(
  { cancellation, job }: TraceSources,
  requested: Requested,
  { root, parentSpanId }: RootContext,
): readonly Span[] {
  const { traceId, spanId } = root;
  return segmentsOf(cancellation).map((segment, index): Span => {
    const { events, end, outcome } = segment;
    const startedAt = index === 0 ? requested.requestedAt : (events[0]?.event.at ?? end.event.at);
    const attributes = { ...attributesOf(requested), [own.outcome]: outcome };
    const ended = {
      traceId,
      startedAt,
      endedAt: end.event.at,
      recordedAt: end.recordedAt,
      error: errorOf(outcome),
      notes: events.flatMap(noteOf),
    };
    const joins = joinsOf(segment, traceId);
    if (index > 0) {
      return span({
        ...ended,
        spanId: spanIdOf(end.id),
        parentSpanId: spanId,
        name: 'drive on',
        attributes,
        links: joins,
      });
    }
    const submitted = linkTo(job[0]?.traceparent, traceId, { [own.relation]: 'submitted-in' });
    const links = [...submitted, ...joins];
    return span({ ...ended, spanId, parentSpanId, name: `cancel ${requested.target.kind}`, attributes, links });
  });
}

function attributesOf({ cancellationId, target, reason, requestedBy, bulkId }: Requested): Attributes {
  return {
    [own.cancellationId]: cancellationId,
    [own.scope]: target.kind,
    [own.jobId]: target.jobId,
    ...(target.kind === 'task' ? { [own.taskId]: target.taskId } : {}),
    [own.reason]: reason.code,
    [conventional.endUserId]: requestedBy,
    ...(bulkId === undefined ? {} : { [own.bulkId]: bulkId }),
  };
}

function errorOf(outcome: Outcome): string | null {
  return outcome === 'partial' || outcome === 'unconfirmed' ? outcome : null;
}

/** Whoever joined it or took it back did so in a trace of its own. */
function joinsOf({ events }: Segment, traceId: string): Span['links'] {
  return events.flatMap(({ event, traceparent }) => {
    if (event.type === 'CancellationJoined') return linkTo(traceparent, traceId, { [own.relation]: 'joined-from' });
    return event.type === 'UndoRequested' ? linkTo(traceparent, traceId, { [own.relation]: 'undone-from' }) : [];
  });
}

function noteOf({ event }: Told<CancellationEvent>): readonly SpanNote[] {
  const { at } = event;
  switch (event.type) {
    case 'CancellationJoined':
      return [{ name: 'joined', at, attributes: { [conventional.endUserId]: event.requestedBy } }];
    case 'CancellationUpgraded':
      return [{ name: 'upgraded', at, attributes: { [own.force]: event.options.force } }];
    case 'TerminationUnconfirmed':
      return [{ name: 'runner lost', at, attributes: { [own.executionId]: event.executionId } }];
    case 'UndoRequested':
      return [{ name: 'undo requested', at, attributes: { [conventional.endUserId]: event.requestedBy } }];
    default:
      return [];
  }
}
