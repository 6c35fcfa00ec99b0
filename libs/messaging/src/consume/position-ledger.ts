import type { Position } from '@necrocode/event-store';

export type Admission = 'next' | 'gap' | 'in-progress' | 'handled';

/**
 * Which positions have been taken in and which are handled. Positions are taken in without a gap, in order; they are handled in any order.
 * The low-water mark is the highest position up to which everything is handled: what a checkpoint may hold.
 */
export class PositionLedger {
  #admitted: Position = 0n;
  #lowWater: Position = 0n;
  readonly #handledAbove = new Set<Position>();

  get admitted(): Position {
    return this.#admitted;
  }

  get lowWater(): Position {
    return this.#lowWater;
  }

  /** Positions between the low-water mark and the newest one taken in: what a slow key makes the others run ahead. */
  get spread(): number {
    return Number(this.#admitted - this.#lowWater);
  }

  look(position: Position): Admission {
    if (position === this.#admitted + 1n) return 'next';
    if (position > this.#admitted) return 'gap';
    return this.isHandled(position) ? 'handled' : 'in-progress';
  }

  /** @throws {RangeError} when the position is not the next one */
  admit(position: Position): void {
    if (this.look(position) !== 'next') throw new RangeError(`position ${position} does not follow ${this.#admitted}`);
    this.#admitted = position;
  }

  /** What lies between the newest one taken in and this one is no longer in the store: it was archived, and only what is over is. */
  passOver(position: Position): void {
    while (this.#admitted + 1n < position) {
      this.#admitted += 1n;
      this.handled(this.#admitted);
    }
  }

  isHandled(position: Position): boolean {
    return position <= this.#lowWater || this.#handledAbove.has(position);
  }

  handled(position: Position): void {
    if (position <= this.#lowWater) return;
    this.#handledAbove.add(position);
    this.#raise();
  }

  /**
   * Starts taking in again behind what is handled, here or (`checkpoint`) by another replica. What was taken in and is not handled is taken in
   * again; what was handled here is remembered, for it happened.
   */
  resume(checkpoint: Position): void {
    if (checkpoint > this.#lowWater) {
      this.#lowWater = checkpoint;
      for (const position of this.#handledAbove) if (position <= checkpoint) this.#handledAbove.delete(position);
      this.#raise();
    }
    this.#admitted = this.#lowWater;
  }

  #raise(): void {
    while (this.#handledAbove.delete(this.#lowWater + 1n)) this.#lowWater += 1n;
  }
}
