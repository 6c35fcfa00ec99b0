import { streamIdOf } from '@necrocode/contracts';
import type {
  BulkEvent,
  CancellationEvent,
  CancellationId,
  CleanupEvent,
  ExecutionEvent,
  JobEvent,
} from '@necrocode/domain';
import type { EventStore, StoredEvent } from '@necrocode/event-store';
import { bulkTraceOf } from './bulk/bulk-spans.js';
import { own } from './attributes.js';
import { rootContextOf } from './root-context.js';
import type { Span, SpanLink } from './span.js';
import { type Told, tell } from './told.js';
import { traceOf } from './trace-of.js';

type Streams = Pick<EventStore, 'readStream' | 'readStreams'>;

/**
 * The ended spans of a cancellation, read from the store: those of a bulk without those of the cancellations it opened.
 * @param events its stream
 */
export function readTrace(
  store: Streams,
  cancellationId: CancellationId,
  events: readonly StoredEvent[],
): Promise<readonly Span[]> {
  const isBulk = events[0]?.type === 'BulkRequested';
  return isBulk ? readBulk(store, tell<BulkEvent>(events)) : readOne(store, cancellationId, tell(events));
}

/** The cancellations that a bulk opened and did not only join. */
export function openedBy(events: readonly StoredEvent[]): readonly CancellationId[] {
  return membersOf(tell<BulkEvent>(events)).flatMap(({ cancellationId, joined }) => (joined ? [] : [cancellationId]));
}

async function readOne(
  store: Streams,
  cancellationId: CancellationId,
  cancellation: readonly Told<CancellationEvent>[],
): Promise<readonly Span[]> {
  const requested = cancellation[0]?.event;
  if (requested?.type !== 'CancellationRequested') return [];
  const { target } = requested;
  const ids = executionsOf(cancellation);
  const names = {
    job: streamIdOf('job', target.jobId),
    executions: ids.map((id) => streamIdOf('execution', id)),
    cleanups: [target.kind === 'job' ? target.jobId : cancellationId, ...ids].map((id) => streamIdOf('cleanup', id)),
  };
  const streams = await store.readStreams([names.job, ...names.executions, ...names.cleanups]);
  const stream = (name: string): readonly StoredEvent[] => streams.get(name) ?? [];
  return traceOf({
    cancellationId,
    cancellation,
    job: tell<JobEvent>(stream(names.job)),
    executions: names.executions.flatMap((name) => tell<ExecutionEvent>(stream(name))),
    cleanups: names.cleanups.map((name) => tell<CleanupEvent>(stream(name))),
  });
}

async function readBulk(store: Streams, bulk: readonly Told<BulkEvent>[]): Promise<readonly Span[]> {
  const ids = membersOf(bulk).flatMap(({ cancellationId, joined }) => (joined ? [cancellationId] : []));
  const streams =
    ids.length === 0 ? new Map() : await store.readStreams(ids.map((id) => streamIdOf('cancellation', id)));
  const joined = [...streams.values()].flatMap(([first]: readonly StoredEvent[]): readonly SpanLink[] => {
    if (!first) return [];
    const { root } = rootContextOf({ id: first.id, traceparent: first.metadata.traceparent });
    return [{ ...root, attributes: { [own.relation]: 'joined' } }];
  });
  return bulkTraceOf({ bulk, joined });
}

function membersOf(bulk: readonly Told<BulkEvent>[]) {
  return bulk.flatMap(({ event }) => (event.type === 'BulkMembersOpened' ? event.members : []));
}

/** Planned, finalizers among them, or ended before the plan was drawn up. */
function executionsOf(events: readonly Told<CancellationEvent>[]): readonly string[] {
  const ids = events.flatMap(({ event }) => {
    switch (event.type) {
      case 'CancellationPlanned':
        return event.plan.executions.map(({ execution }) => execution.executionId);
      case 'FinalizersRecorded':
        return event.executions.map(({ execution }) => execution.executionId);
      case 'TerminationRecorded':
        return [event.execution.executionId];
      default:
        return [];
    }
  });
  return [...new Set(ids)];
}
