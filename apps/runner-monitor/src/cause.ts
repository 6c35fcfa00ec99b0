import type { EventMetadata } from '@necrocode/event-store';

/** Why something is appended: goes on the event. */
export interface Cause {
  readonly actor: string;
  /** The same for the same cause: a repetition appends nothing. */
  readonly commandId?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** The service itself, where nobody asked. */
export const ACTOR = 'service:runner-monitor';

/** @param correlationId the job's id; a runner's own where no job is involved */
export function metadataOf(correlationId: string, { actor, commandId, traceparent }: Cause): EventMetadata {
  return {
    actor,
    correlationId,
    ...(commandId === undefined ? {} : { causationId: commandId }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}
