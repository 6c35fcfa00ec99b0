import {
  type AppendResult,
  type CompanionStatement,
  type EventStore,
  type Position,
  type PositionedEvent,
  sealAppend,
  type StoredEvent,
  type StreamAppend,
} from '@necrocode/event-store';
import type { Life } from '../world/life.js';
import { Unavailable } from '../world/unavailable.js';
import type { HistoryStore } from './history-store.js';

/** The answer to an append that never happened. */
function onlySaid(streams: readonly StreamAppend[], recordedAt: string): AppendResult {
  const sealed = streams.flatMap((stream) => sealAppend(stream, null));
  return { events: sealed.map(({ event }) => ({ ...event, recordedAt })), repeated: false };
}

function tale(streamId: string, events: StreamAppend['events']): string {
  return `${streamId}: ${events.map(({ type }) => type).join(', ')}`;
}

/** PostgreSQL, as far as a process sees it. */
export interface StoreAccess {
  readonly store: HistoryStore;
  /** Nobody can reach it before then. */
  awayUntil: number;
}

/** A process's own way to the store: it may die before an append and after it, and not hear whether it was committed. */
export class StoreClient implements EventStore {
  constructor(
    private readonly life: Life,
    private readonly access: StoreAccess,
  ) {}

  async append(streams: readonly StreamAppend[], _companions?: readonly CompanionStatement[]): Promise<AppendResult> {
    return this.commit(streams);
  }

  /** @param committed changes of the service's own tables, in the same transaction */
  async commit(streams: readonly StreamAppend[], committed?: () => void): Promise<AppendResult> {
    await this.life.effect();
    this.#reachable();
    const { world } = this.life;
    if (world.broken('lose-an-acknowledged-append') && world.random.chance(0.02))
      return onlySaid(streams, world.clock());
    const result = await this.access.store.commit(this.#asMutated(streams), committed);
    if (!result.repeated)
      for (const { streamId, events } of streams) world.tell(this.life.host.name, tale(streamId, events));
    await this.life.effect();
    const isLost = !world.isCalm && world.random.chance(0.003);
    if (isLost || this.access.awayUntil > world.now) {
      world.reach('commit-unknown');
      throw new Unavailable('the store went away before it answered');
    }
    return result;
  }

  async readStream(streamId: string, fromVersion?: number): Promise<readonly StoredEvent[]> {
    await this.#asking();
    return this.access.store.readStream(streamId, fromVersion);
  }

  async readStreams(
    streamIds: readonly string[],
    fromVersions?: readonly number[],
  ): Promise<ReadonlyMap<string, readonly StoredEvent[]>> {
    await this.#asking();
    return this.access.store.readStreams(streamIds, fromVersions);
  }

  async readAll(after: Position, limit: number): Promise<readonly PositionedEvent[]> {
    await this.#asking();
    return this.access.store.readAll(after, limit);
  }

  async lastPosition(): Promise<Position> {
    await this.#asking();
    return this.access.store.lastPosition();
  }

  async #asking(): Promise<void> {
    await this.life.pause(this.life.world.latency());
    this.#reachable();
  }

  #reachable(): void {
    if (this.access.awayUntil > this.life.world.now) throw new Unavailable('the store cannot be reached');
  }

  /** The mutant that appends whatever the version. */
  #asMutated(streams: readonly StreamAppend[]): readonly StreamAppend[] {
    if (!this.life.world.broken('append-without-expected-version')) return streams;
    return streams.map((stream) => ({
      ...stream,
      expectedVersion: this.access.store.stream(stream.streamId).length,
    }));
  }
}
