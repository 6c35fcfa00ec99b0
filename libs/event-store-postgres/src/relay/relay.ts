import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventSink } from '@necrocode/event-store';
import type { Database } from '../database/database.js';
import { Lease } from './lease.js';
import type { RelayEvent } from './relay-event.js';
import { RelayTerm } from './relay-term.js';

export interface RelayOptions {
  readonly sink: EventSink;
  /** Subscribes to nudges, sent after every append, while elected; returns how to unsubscribe. Without it, or when one is lost, the poll finds the events. */
  readonly onNudge?: (wake: () => void) => () => void;
  /** Default 250. */
  readonly pollMs?: number;
  /** A holder that is silent for so long is replaced; it renews, and others look, three times as often. Default 700: replaced within a second. */
  readonly leaseMs?: number;
  readonly observe?: (event: RelayEvent) => void;
}

/**
 * Publishes committed events to a sink, in the store's order. Run one in every process: one of them is elected and works, the others
 * stand by. Correct even with two at work: numbering takes turns in the database, publishing is chained in the sink.
 */
export class Relay {
  readonly #lease: Lease;
  readonly #leaseMs: number;
  readonly #stopped = new AbortController();
  readonly #election: Promise<void>;
  #term: RelayTerm | undefined;
  #unsubscribe: (() => void) | undefined;
  #epoch = 0;
  #heldUntil = 0;

  constructor(
    private readonly database: Database,
    private readonly options: RelayOptions,
  ) {
    this.#leaseMs = options.leaseMs ?? 700;
    this.#lease = new Lease(database, randomUUID(), this.#leaseMs);
    this.#election = this.#elect();
  }

  /** Something was appended. Cheap, and harmless in a process that is not the relay. */
  wake(): void {
    this.#term?.wake();
  }

  /** Whether this process is the relay now. */
  get isElected(): boolean {
    return this.#term !== undefined;
  }

  /** Ends its work and gives the lease back, so that the next one takes over at once. Repeatable. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#election;
    await this.database.end();
  }

  async #elect(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      try {
        const asked = performance.now();
        const epoch = await this.#lease.acquire();
        if (epoch === undefined) await this.#endTerm();
        else await this.#hold(epoch, asked + this.#leaseMs);
      } catch (error) {
        this.#tell({ kind: 'failed', error });
        if (!this.#isHeld()) await this.#endTerm();
      }
      await delay(this.#leaseMs / 3, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
    }
    await this.#endTerm();
    await this.#lease.release().catch((error: unknown) => this.#tell({ kind: 'failed', error }));
  }

  async #hold(epoch: number, until: number): Promise<void> {
    if (epoch !== this.#epoch) await this.#endTerm();
    this.#epoch = epoch;
    this.#heldUntil = until;
    if (this.#term || this.#stopped.signal.aborted) return;
    this.#tell({ kind: 'elected', epoch });
    this.#term = new RelayTerm({
      database: this.database,
      sink: this.options.sink,
      pollMs: this.options.pollMs ?? 250,
      tell: (event) => this.#tell(event),
      isHeld: () => this.#isHeld(),
    });
    // Only while it has use for them: an append would wake every other process for nothing.
    this.#unsubscribe = this.options.onNudge?.(() => this.wake());
  }

  async #endTerm(): Promise<void> {
    const term = this.#term;
    if (!term) return;
    this.#unsubscribe?.();
    await term.end();
    this.#term = undefined;
    this.#tell({ kind: 'deposed', epoch: this.#epoch });
  }

  #isHeld(): boolean {
    return performance.now() < this.#heldUntil;
  }

  #tell(event: RelayEvent): void {
    this.options.observe?.(event);
  }
}
