import { streamIdOf } from '@necrocode/contracts';
import { type SlotPool, type SlotPoolCommand, slotPoolDecider, type SlotPoolEvent } from '@necrocode/domain';
import { type EventStore, fold } from '@necrocode/event-store';
import { slotRowStatements } from '../tables/slot-rows.js';
import type { CausedDecision, StreamDecision } from './append-together.js';
import { type CausedCommand, decideInTurn } from './decide-in-turn.js';

export interface LoadedPool {
  readonly state: SlotPool;
  readonly version: number;
}

/**
 * Slot pools as their streams say. A pool's stream grows with every lease for as long as the pool exists, so what was folded
 * is kept and only the news is read: stale until asked, never wrong, for an append names the version.
 */
export class SlotPools {
  readonly #known = new Map<string, LoadedPool>();

  constructor(private readonly store: EventStore) {}

  async load(pool: string): Promise<LoadedPool> {
    const known = this.#known.get(pool) ?? { state: slotPoolDecider.initial, version: 0 };
    const news = await this.store.readStream(streamIdOf('slot-pool', pool), known.version + 1);
    if (news.length === 0) return known;
    const state = fold<SlotPool, SlotPoolEvent>(slotPoolDecider.evolve, known.state, news);
    const loaded = { state, version: known.version + news.length };
    this.#known.set(pool, loaded);
    return loaded;
  }

  async decide(pool: string, command: SlotPoolCommand): Promise<StreamDecision> {
    const { state, version } = await this.load(pool);
    const events = slotPoolDecider.decide(command, state);
    const after = events.reduce(slotPoolDecider.evolve, state);
    const companions = slotRowStatements(events, after);
    return { streamId: streamIdOf('slot-pool', pool), expectedVersion: version, events, companions };
  }

  async decideAll(pool: string, commands: readonly CausedCommand<SlotPoolCommand>[]): Promise<CausedDecision> {
    const { state, version } = await this.load(pool);
    const streamId = streamIdOf('slot-pool', pool);
    const { decided, events, after } = decideInTurn(slotPoolDecider, state, streamId, commands);
    return { streamId, expectedVersion: version, events, companions: slotRowStatements(decided, after) };
  }
}
