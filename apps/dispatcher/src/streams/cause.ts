import type { CommandMeta } from '@necrocode/contracts';
import type { JobId } from '@necrocode/domain';
import type { EventMetadata, StoredEvent } from '@necrocode/event-store';
import { continueTrace } from '@necrocode/service-kit';

export const ACTOR = 'service:dispatcher';

/** Why events are appended: `id` names the command or the reaction for good, `metadata` goes on each of its events. */
export interface Cause {
  readonly id: string;
  readonly metadata: EventMetadata;
}

export function causedByCommand({ id, actor, traceparent }: CommandMeta, jobId: JobId): Cause {
  return { id, metadata: { actor, correlationId: jobId, causationId: id, traceparent: continueTrace(traceparent) } };
}

/** A reaction to an event continues its trace and, unless said otherwise, its story. */
export function causedByEvent(
  { id, metadata }: Pick<StoredEvent, 'id' | 'metadata'>,
  correlationId = metadata.correlationId,
): Cause {
  return {
    id,
    metadata: { actor: ACTOR, correlationId, causationId: id, traceparent: continueTrace(metadata.traceparent) },
  };
}

/** What the dispatcher does of itself to a stream: in answer to the last event there, in the trace the first one began. */
export function inAnswerTo(stream: readonly StoredEvent[]): EventMetadata | null {
  const [first, last] = [stream.at(0), stream.at(-1)];
  return first && last ? { ...causedByEvent(first).metadata, causationId: last.id } : null;
}
