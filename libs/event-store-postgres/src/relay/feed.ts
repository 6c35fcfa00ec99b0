import type { Position, PositionedEvent } from '@necrocode/event-store';
import { Signal } from './signal.js';

/** So many events may wait for the publisher. */
const CAPACITY = 2_000;

/**
 * Hands numbered events from the numbering to the publisher, so that one batch is numbered while the one before is published.
 * The publisher says where it stands; whatever was read for an earlier standpoint is dropped.
 */
export class Feed {
  readonly #filled = new Signal();
  #events: PositionedEvent[] = [];
  #next: Position | undefined;

  /** @param onDrained called when there is room again */
  constructor(private readonly onDrained: () => void) {}

  /** The position to read on from; undefined while nobody publishes or enough is waiting. */
  get wanted(): Position | undefined {
    return this.#events.length < CAPACITY ? this.#next : undefined;
  }

  /** @param after the `wanted` they were read for */
  offer(after: Position, events: readonly PositionedEvent[]): void {
    const last = events.at(-1);
    if (!last || after !== this.#next) return;
    this.#events.push(...events);
    this.#next = last.position;
    this.#filled.wake();
  }

  /** Everything that waits; empty after `timeoutMs` without any. */
  async take(timeoutMs: number): Promise<readonly PositionedEvent[]> {
    if (this.#events.length === 0) await this.#filled.wait(timeoutMs);
    this.#filled.clear();
    const taken = this.#events;
    this.#events = [];
    if (taken.length >= CAPACITY) this.onDrained();
    return taken;
  }

  /** The publisher stands here now. */
  restart(after: Position): void {
    this.#events = [];
    this.#next = after;
    this.#filled.clear();
    this.onDrained();
  }

  /** Nobody is publishing: whoever begins again reads the tail first. */
  pause(): void {
    this.#events = [];
    this.#next = undefined;
  }

  /** Ends a wait. */
  interrupt(): void {
    this.#filled.wake();
  }
}
