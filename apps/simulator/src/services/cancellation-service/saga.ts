import { streamIdOf } from '@necrocode/contracts';
import type {
  Cancellation,
  CancellationCommand,
  CancellationEvent,
  CancellationId,
  CancellationState,
  CertificateProof,
  InputOf,
} from '@necrocode/domain';
import { Rejection } from '@necrocode/domain';
import { type StoredEvent, WrongExpectedVersion } from '@necrocode/event-store';
import type { StoreClient } from '../../store/store-client.js';
import type { Life } from '../../world/life.js';
import type { Site } from '../site.js';
import { newEvents } from '../streams/append-together.js';
import { foldStream } from '../streams/fold-stream.js';

const ACTOR = 'service:cancellation-service';

/** The streams of cancellations: one append per input, decided on what is stored. */
export class Saga {
  constructor(
    private readonly life: Life,
    private readonly site: Site,
    private readonly store: StoreClient,
  ) {}

  async load(id: CancellationId): Promise<CancellationState> {
    return foldStream(this.site.world.rules.cancellation, await this.store.readStream(streamIdOf('cancellation', id)));
  }

  /** @throws {WrongExpectedVersion} when the id was used before */
  async begin(command: Extract<CancellationCommand, { type: 'RequestCancellation' }>): Promise<CancellationState> {
    const { cancellation } = this.site.world.rules;
    const events = cancellation.decide(command, cancellation.initial);
    const { cancellationId, target } = command;
    await this.#append(cancellationId, 0, events, `request/${cancellationId}`, target.jobId);
    return events.reduce(cancellation.evolve, cancellation.initial);
  }

  /** Another writer first means deciding again. */
  async feed(
    id: CancellationId,
    inputOf: InputOf,
    commandId = this.site.world.newId('input'),
  ): Promise<CancellationState> {
    const { cancellation } = this.site.world.rules;
    for (let attempt = 1; ; attempt++) {
      const stored = await this.store.readStream(streamIdOf('cancellation', id));
      const state = foldStream(cancellation, stored);
      if (state.status === 'unknown') throw new Rejection('cancellation-not-found');
      const events = this.#decide(state, stored, inputOf);
      if (events.length === 0) return state;
      try {
        const repeated = await this.#append(id, stored.length, events, commandId, state.target.jobId);
        return repeated ? await this.load(id) : events.reduce<CancellationState>(cancellation.evolve, state);
      } catch (error) {
        if (!(error instanceof WrongExpectedVersion) || attempt >= 20) throw error;
      }
    }
  }

  #decide(state: Cancellation, stored: readonly StoredEvent[], inputOf: InputOf): readonly CancellationEvent[] {
    const command = inputOf(state, proofOf(stored), this.life.now());
    return command ? this.site.world.rules.cancellation.decide(command, state) : [];
  }

  async #append(
    id: CancellationId,
    expectedVersion: number,
    events: readonly CancellationEvent[],
    commandId: string,
    jobId: string,
  ): Promise<boolean> {
    const streamId = streamIdOf('cancellation', id);
    const fresh = newEvents(events, streamId, { id: commandId, actor: ACTOR, correlationId: jobId });
    return (await this.store.commit([{ streamId, expectedVersion, events: fresh }])).repeated;
  }
}

function proofOf(stored: readonly StoredEvent[]): CertificateProof {
  return { acknowledgedAt: stored[0]?.recordedAt ?? '', traceId: null, streamHash: stored.at(-1)?.hash ?? '' };
}
