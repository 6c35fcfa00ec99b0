import {
  type Cancellation,
  cancellationDecider,
  type CancellationEvent,
  type CancellationState,
  type CertificateProof,
  type InputOf,
  Rejection,
} from '@necrocode/domain';
import type { EventMetadata, StoredEvent } from '@necrocode/event-store';
import { continueTrace, traceIdOf } from '@necrocode/service-kit';

/** One input of a cancellation, with who gave it. */
export interface Input {
  readonly inputOf: InputOf;
  /** The same for the same input, so a redelivery appends nothing twice. */
  readonly commandId: string;
  readonly actor: string;
  /** The trace context of whoever gave the input, where it is another than that of the request. */
  readonly askedIn: string | undefined;
}

/** What one input leads to: events, nothing, or a refusal. */
export interface Decision {
  readonly commandId: string;
  readonly metadata: EventMetadata;
  readonly events: readonly CancellationEvent[];
  readonly refusal?: Rejection;
}

/**
 * Decides the inputs one after the other, each on the state that those before it lead to.
 * @throws {Rejection} `cancellation-not-found`
 */
export function decideInputs(
  { state: known, events: stored }: { readonly state: CancellationState; readonly events: readonly StoredEvent[] },
  inputs: readonly Input[],
): readonly Decision[] {
  const [first] = stored;
  let state = known;
  return inputs.map((input) => {
    if (!first || state.status === 'unknown') throw new Rejection('cancellation-not-found');
    const decided = decide(state, stored, input.inputOf);
    state = decided.events.reduce(cancellationDecider.evolve, state);
    return { commandId: input.commandId, metadata: metadataOf(first.metadata, input), ...decided };
  });
}

function decide(
  state: Cancellation,
  stored: readonly StoredEvent[],
  inputOf: InputOf,
): Pick<Decision, 'events' | 'refusal'> {
  try {
    const command = inputOf(state, proofOf(stored), new Date().toISOString());
    return { events: command ? cancellationDecider.decide(command, state) : [] };
  } catch (error) {
    if (error instanceof Rejection) return { events: [], refusal: error };
    throw error;
  }
}

function metadataOf(request: EventMetadata, { actor, commandId, askedIn }: Input): EventMetadata {
  const traceparent = askedIn ?? request.traceparent;
  return {
    actor,
    correlationId: request.correlationId,
    causationId: commandId,
    ...(traceparent === undefined ? {} : { traceparent: continueTrace(traceparent) }),
  };
}

export function proofOf(events: readonly StoredEvent[]): CertificateProof {
  const first = events[0];
  return {
    acknowledgedAt: first?.recordedAt ?? '',
    traceId: traceIdOf(first?.metadata.traceparent),
    streamHash: events.at(-1)?.hash ?? '',
  };
}
