import {
  type Cancellation,
  type CancellationCommand,
  cancellationDecider,
  type CancellationEvent,
  type CancellationId,
  type CancellationState,
  type InputOf,
  isAtStandstill,
} from '@necrocode/domain';
import {
  Batches,
  type CompanionStatement,
  dataOf,
  type DomainEvent,
  eventIdOf,
  eventUpcasters,
  type EventMetadata,
  type EventStore,
  fold,
  type NewEvent,
  type StoredEvent,
  StoreUnavailable,
  WrongExpectedVersion,
} from '@necrocode/event-store';
import { streamIdOf } from '@necrocode/contracts';
import type { CancellationProgress } from '@necrocode/metrics';
import type { DriveQueue } from '@necrocode/service-kit';
import { randomUUID } from 'node:crypto';
import { type Decision, decideInputs, type Input } from './decide-inputs.js';
import type { OpenTargets } from './open-targets.js';

export interface LoadedCancellation {
  readonly state: CancellationState;
  readonly version: number;
  readonly events: readonly StoredEvent[];
}

const MAX_ATTEMPTS = 20;

/** So many cancellations are remembered as this process last knew them: those that are being driven. */
const REMEMBERED = 200;

/** The streams of cancellations: this service is their only writer. */
export class Saga {
  readonly #recent = new Map<CancellationId, LoadedCancellation>();
  readonly #inputs = new Batches<CancellationId, WaitingInput>((cancellationId, inputs) =>
    this.#record(cancellationId, inputs),
  );

  constructor(
    private readonly store: EventStore,
    private readonly targets: OpenTargets,
    private readonly drives: DriveQueue,
    /** Hears what each append did, once. Must not throw. */
    private readonly onProgress: (progress: CancellationProgress) => void = () => undefined,
  ) {}

  async load(cancellationId: CancellationId): Promise<LoadedCancellation> {
    const events = await this.store.readStream(streamIdOf('cancellation', cancellationId));
    const { initial, evolve } = cancellationDecider;
    return this.#remember(cancellationId, {
      state: fold<CancellationState, CancellationEvent>(evolve, initial, events),
      version: events.length,
      events,
    });
  }

  /** As this process last knew it: enough to see what to ask for, for the answers are recorded on what is stored. */
  async lastKnown(cancellationId: CancellationId): Promise<LoadedCancellation> {
    return this.#recent.get(cancellationId) ?? this.load(cancellationId);
  }

  /** Which of the ids were used before. */
  async exist(cancellationIds: readonly CancellationId[]): Promise<ReadonlySet<CancellationId>> {
    const streams = await this.store.readStreams(cancellationIds.map((id) => streamIdOf('cancellation', id)));
    const used = (id: CancellationId): boolean => (streams.get(streamIdOf('cancellation', id)) ?? []).length > 0;
    return new Set(cancellationIds.filter(used));
  }

  /** Stores the intent. @throws {WrongExpectedVersion} when the id was used before */
  async begin(
    command: Extract<CancellationCommand, { type: 'RequestCancellation' }>,
    commandId: string,
    metadata: EventMetadata,
    companions: readonly CompanionStatement[],
  ): Promise<LoadedCancellation> {
    const empty: LoadedCancellation = { state: cancellationDecider.initial, version: 0, events: [] };
    const events = cancellationDecider.decide(command, empty.state);
    return this.#append(command.cancellationId, empty, [{ commandId, metadata, events }], companions);
  }

  /**
   * Stores many intents in one append, all or none.
   * @throws {WrongExpectedVersion} when an id was used before
   */
  async beginAll(
    begun: readonly {
      readonly command: Extract<CancellationCommand, { type: 'RequestCancellation' }>;
      readonly metadata: EventMetadata;
    }[],
    commandId: string,
    companions: readonly CompanionStatement[],
  ): Promise<void> {
    const decided = begun.map(({ command, metadata }) => {
      const streamId = streamIdOf('cancellation', command.cancellationId);
      return { streamId, metadata, events: cancellationDecider.decide(command, cancellationDecider.initial) };
    });
    const streams = decided.map(({ streamId, metadata, events }) => ({
      streamId,
      expectedVersion: 0,
      events: newEvents(events, commandId, streamId, metadata),
    }));
    const { events: stored, repeated } = await this.store.append(streams, companions);
    if (repeated) return;
    for (const { events, metadata } of decided)
      this.#tell(events.reduce(cancellationDecider.evolve, cancellationDecider.initial), events, stored, metadata);
  }

  /**
   * Feeds one input: decide, append; another writer first means loading and deciding again, and so does a decision on what
   * is only remembered that nothing is to be recorded. Inputs that come while an append is under way are decided one after
   * the other and share the next. The append that completes the cancellation also closes its books.
   * @param commandId the same for the same input, so a redelivery appends nothing twice
   * @param askedIn the trace context of whoever gave the input, where it is another than that of the request
   */
  feed(
    cancellationId: CancellationId,
    inputOf: InputOf,
    commandId: string,
    actor = ACTOR,
    askedIn?: string,
  ): Promise<LoadedCancellation> {
    return new Promise((resolve, reject) =>
      this.#inputs.add(cancellationId, { inputOf, commandId, actor, askedIn, resolve, reject }),
    );
  }

  /** Settles every input. */
  async #record(cancellationId: CancellationId, inputs: readonly WaitingInput[]): Promise<void> {
    try {
      await this.#recordTogether(cancellationId, inputs);
    } catch (error) {
      // What is wrong with one is found out alone and fails no other.
      if (inputs.length > 1 && !(error instanceof StoreUnavailable))
        for (const input of inputs) await this.#record(cancellationId, [input]);
      else for (const { reject } of inputs) reject(error);
    }
  }

  async #recordTogether(cancellationId: CancellationId, inputs: readonly WaitingInput[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const remembered = attempt === 1 ? this.#recent.get(cancellationId) : undefined;
      const loaded = remembered ?? (await this.load(cancellationId));
      const decisions = decideInputs(loaded, inputs);
      const events = decisions.flatMap((decision) => decision.events);
      if (events.length === 0 && remembered) continue;
      try {
        const books = this.#books(loaded.state, events);
        const after = events.length === 0 ? loaded : await this.#append(cancellationId, loaded, decisions, books);
        return settle(inputs, decisions, after);
      } catch (error) {
        if (!(error instanceof WrongExpectedVersion) || attempt >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  /** Kept in the append that changes them: what is open, and how it stands. Most appends change neither. */
  #books(before: CancellationState, events: readonly CancellationEvent[]): readonly CompanionStatement[] {
    if (before.status === 'unknown') return [];
    const { cancellationId } = before;
    const after = events.reduce<CancellationState>(cancellationDecider.evolve, before);
    if (after.status === 'unknown') return [];
    if (after.status === 'completed' || after.status === 'undone')
      return [this.targets.release(cancellationId), this.drives.forget(cancellationId)];
    const [was, is] = [standingOf(before), standingOf(after)];
    const same = was.isStalled === is.isStalled && was.leftAs === is.leftAs;
    return same ? [] : [this.targets.recordStanding(cancellationId, is)];
  }

  async #append(
    cancellationId: CancellationId,
    loaded: LoadedCancellation,
    decisions: readonly Decision[],
    companions: readonly CompanionStatement[],
  ): Promise<LoadedCancellation> {
    const streamId = streamIdOf('cancellation', cancellationId);
    const fresh = decisions.flatMap(({ events, commandId, metadata }) =>
      newEvents(events, commandId, streamId, metadata),
    );
    const result = await this.store.append([{ streamId, expectedVersion: loaded.version, events: fresh }], companions);
    if (result.repeated) return this.load(cancellationId);
    let { state } = loaded;
    for (const { events, metadata } of decisions) {
      state = events.reduce(cancellationDecider.evolve, state);
      this.#tell(state, events, result.events, metadata);
    }
    return this.#remember(cancellationId, {
      state,
      version: loaded.version + result.events.length,
      events: [...loaded.events, ...result.events],
    });
  }

  #tell(
    state: CancellationState,
    events: readonly CancellationEvent[],
    [first]: readonly StoredEvent[],
    { traceparent }: EventMetadata,
  ): void {
    if (!first || events.length === 0 || state.status === 'unknown') return;
    this.onProgress({ state, events, recordedAt: first.recordedAt, traceparent });
  }

  #remember(cancellationId: CancellationId, loaded: LoadedCancellation): LoadedCancellation {
    // Nothing yet, or read before what is known now.
    if (loaded.version < (this.#recent.get(cancellationId)?.version ?? 1)) return loaded;
    this.#recent.delete(cancellationId);
    this.#recent.set(cancellationId, loaded);
    const oldest = this.#recent.keys().next();
    if (this.#recent.size > REMEMBERED && !oldest.done) this.#recent.delete(oldest.value);
    return loaded;
  }
}

/** An input with whoever waits for it. */
interface WaitingInput extends Input {
  resolve(after: LoadedCancellation): void;
  reject(error: unknown): void;
}

function settle(inputs: readonly WaitingInput[], decisions: readonly Decision[], after: LoadedCancellation): void {
  for (const [index, { resolve, reject }] of inputs.entries()) {
    const refusal = decisions[index]?.refusal;
    if (refusal) reject(refusal);
    else resolve(after);
  }
}

function standingOf(state: Cancellation): Parameters<OpenTargets['recordStanding']>[1] {
  const leftAs = state.status === 'partial' || state.status === 'unconfirmed' ? state.status : null;
  return { isStalled: isAtStandstill(state), leftAs };
}

export const ACTOR = 'service:cancellation-service';

/** An input that no other message stands for: a reply, which is only ever received once. */
export function newInputId(): string {
  return randomUUID();
}

/** Their ids follow from the command, so a repetition is told from news. */
export function newEvents(
  events: readonly DomainEvent[],
  commandId: string,
  streamId: string,
  metadata: EventMetadata,
): readonly NewEvent[] {
  return events.map((event, index) => ({
    id: eventIdOf(commandId, streamId, index),
    type: event.type,
    schemaVersion: eventUpcasters.currentVersion(event.type),
    data: dataOf(event),
    metadata,
  }));
}
