import {
  type RunnerDescription,
  type RunnerEvent,
  runnerDecider,
  type RunnerId,
  type RunnerState,
} from '@necrocode/domain';
import { streamIdOf } from '@necrocode/contracts';
import { type EventStore, fold, type StoredEvent } from '@necrocode/event-store';
import type { Logger } from '@necrocode/service-kit';
import { appendTogether } from '../streams/append-together.js';
import { causedByEvent } from '../streams/cause.js';
import type { SlotPools } from '../streams/slot-pools.js';
import type { OwnTables } from '../tables/own-tables.js';
import { SCHEMA, START_DRIVE } from '../tables/schema.js';
import { runnerRow, runnerRowStatement } from './runner-row.js';

/**
 * Keeps what assigning needs to know of a runner. An event about it is only a signal: its stream is read, so events that come twice,
 * late or not at all before others lead to the same row.
 */
export class RegisterRunner {
  constructor(
    private readonly store: EventStore,
    private readonly pools: SlotPools,
    private readonly tables: OwnTables,
    private readonly wake: { readonly assignment: () => void; readonly starts: () => void },
    private readonly logger: Logger,
  ) {}

  async handle(runnerId: RunnerId, event: StoredEvent): Promise<void> {
    const stored = await this.store.readStream(streamIdOf('runner', runnerId));
    const state = foldRunner(stored);
    const row = runnerRow(state);
    if (!row || state.status === 'unknown') return;
    // Before the row says that the slots are offered; and not in one transaction with it, which would take locks in the
    // order opposite to an assignment's (docs/adr/0061).
    await this.#addSlots(state.runner, event);
    const { text, values } = runnerRowStatement(row, stored.length);
    await this.tables.query(text, [...values]);
    this.logger.info({ runnerId, status: row.status, capacity: row.capacity }, 'runner known');
    if (row.status === 'lost') return;
    await this.#askAgain(runnerId);
    this.wake.starts();
    this.wake.assignment();
  }

  async #addSlots({ slots }: RunnerDescription, event: StoredEvent): Promise<void> {
    const at = new Date().toISOString();
    for (const pool of new Set(slots.map((slot) => slot.pool))) {
      const offered = slots.filter((slot) => slot.pool === pool);
      const definitions = offered.map(({ slotId, runnerId, kind }) => ({ slotId, runnerId, kind }));
      const add = { type: 'AddSlots' as const, pool, slots: definitions, at };
      const decide = async () => [await this.pools.decide(pool, add)];
      await appendTogether(this.store, decide, causedByEvent(event, pool));
    }
  }

  /** Starts it did not answer while it was away. */
  async #askAgain(runnerId: RunnerId): Promise<void> {
    await this.tables.query(
      `update ${SCHEMA}.${START_DRIVE} set due_at = now(), attempts = 0
       where key in (select execution_id from ${SCHEMA}.assignment where runner_id = $1)`,
      [runnerId],
    );
  }
}

export function foldRunner(stored: readonly StoredEvent[]): RunnerState {
  return fold<RunnerState, RunnerEvent>(runnerDecider.evolve, runnerDecider.initial, stored);
}
