import { streamIdOf } from '@necrocode/contracts';
import {
  type BulkCommand,
  bulkDecider,
  type BulkEvent,
  type BulkState,
  type CancellationId,
  type CertificateProof,
  Rejection,
} from '@necrocode/domain';
import {
  type CompanionStatement,
  type EventMetadata,
  type EventStore,
  fold,
  type StoredEvent,
  WrongExpectedVersion,
} from '@necrocode/event-store';
import type { BulkProgress } from '@necrocode/metrics';
import { continueTrace, type DriveQueue } from '@necrocode/service-kit';
import { proofOf } from '../saga/decide-inputs.js';
import { ACTOR, newEvents, newInputId } from '../saga/saga.js';
import type { BulkMembers } from './bulk-members.js';

/** An input, without what the saga itself adds. */
export type BulkInput = DistributiveOmit<Exclude<BulkCommand, { type: 'RequestBulk' }>, 'at' | 'proof'>;
type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** A bulk as far as it is known here: its plan is long, so the state is carried on from append to append. */
export interface LoadedBulk {
  readonly state: BulkState;
  readonly first: StoredEvent | undefined;
  readonly last: StoredEvent | undefined;
}

const MAX_ATTEMPTS = 20;
const NOTHING: LoadedBulk = { state: bulkDecider.initial, first: undefined, last: undefined };

/** The streams of bulk cancellations. */
export class BulkSaga {
  constructor(
    private readonly store: EventStore,
    private readonly members: BulkMembers,
    private readonly drives: DriveQueue,
    /** Hears what each append did, once. Must not throw. */
    private readonly onProgress: (progress: BulkProgress) => void = () => undefined,
  ) {}

  async load(cancellationId: CancellationId): Promise<LoadedBulk> {
    return this.#catchUp(NOTHING, cancellationId);
  }

  /** Stores the intent and the plan in one append. @throws {WrongExpectedVersion} when the id was used before */
  begin(
    command: Extract<BulkCommand, { type: 'RequestBulk' }>,
    commandId: string,
    metadata: EventMetadata,
    companions: readonly CompanionStatement[],
  ): Promise<LoadedBulk> {
    const events = bulkDecider.decide(command, NOTHING.state);
    return this.#append(command.cancellationId, NOTHING, events, commandId, metadata, companions);
  }

  /** Decides on what is known; when somebody else was first, on the news. @returns what is known then */
  async feed(
    cancellationId: CancellationId,
    known: LoadedBulk,
    input: BulkInput,
    { id = newInputId(), actor = ACTOR }: { readonly id?: string; readonly actor?: string } = {},
  ): Promise<LoadedBulk> {
    let loaded = known;
    for (let attempt = 1; ; attempt++) {
      const { first, last, state } = loaded;
      if (!first || !last) throw new Rejection('cancellation-not-found', { cancellationId });
      const proof = { ...proofOf([first]), streamHash: last.hash } satisfies CertificateProof;
      const events = bulkDecider.decide({ ...input, at: new Date().toISOString(), proof }, state);
      if (events.length === 0) return loaded;
      const { correlationId, traceparent } = first.metadata;
      const metadata = { actor, correlationId, causationId: id, traceparent: continueTrace(traceparent) };
      try {
        return await this.#append(cancellationId, loaded, events, id, metadata, this.#books(cancellationId, events));
      } catch (error) {
        if (!(error instanceof WrongExpectedVersion) || attempt >= MAX_ATTEMPTS) throw error;
        loaded = await this.#catchUp(loaded, cancellationId);
      }
    }
  }

  async #catchUp({ state, first, last }: LoadedBulk, cancellationId: CancellationId): Promise<LoadedBulk> {
    const news = await this.store.readStream(
      streamIdOf('cancellation', cancellationId),
      (last?.streamVersion ?? 0) + 1,
    );
    return {
      state: fold<BulkState, BulkEvent>(bulkDecider.evolve, state, news),
      first: first ?? news[0],
      last: news.at(-1) ?? last,
    };
  }

  #books(cancellationId: CancellationId, events: readonly BulkEvent[]): readonly CompanionStatement[] {
    const companions: CompanionStatement[] = [];
    for (const event of events) {
      if (event.type === 'BulkMembersOpened') companions.push(this.members.add(cancellationId, event.members));
      const over = event.type === 'BulkConcluded' && ['completed', 'aborted'].includes(event.certificate.outcome);
      if (over) companions.push(this.members.forget(cancellationId), this.drives.forget(cancellationId));
    }
    return companions;
  }

  async #append(
    cancellationId: CancellationId,
    { state, first, last }: LoadedBulk,
    events: readonly BulkEvent[],
    commandId: string,
    metadata: EventMetadata,
    companions: readonly CompanionStatement[],
  ): Promise<LoadedBulk> {
    const streamId = streamIdOf('cancellation', cancellationId);
    const fresh = newEvents(events, commandId, streamId, metadata);
    const expectedVersion = last?.streamVersion ?? 0;
    const appended = await this.store.append([{ streamId, expectedVersion, events: fresh }], companions);
    if (appended.repeated) return this.load(cancellationId);
    const recordedAt = appended.events[0]?.recordedAt ?? '';
    this.onProgress({ cancellationId, events, recordedAt, traceparent: metadata.traceparent });
    return {
      state: events.reduce(bulkDecider.evolve, state),
      first: first ?? appended.events[0],
      last: appended.events.at(-1) ?? last,
    };
  }
}
