import type { PositionedEvent } from '@necrocode/event-store';
import type { Prng } from '../world/prng.js';

/** The stream of events as JetStream holds it: a copy that may be lost at any time. */
export class JetStream {
  log: PositionedEvent[] = [];
  readonly #consumers = new Set<() => void>();

  get lastPosition(): bigint {
    return this.log.at(-1)?.position ?? 0n;
  }

  /** @param expectedLast what the publisher believes to be the last one; null: it does not say @returns whether it was taken */
  publish(event: PositionedEvent, expectedLast: bigint | null): boolean {
    if (expectedLast !== null && expectedLast !== this.lastPosition) return false;
    this.log.push(event);
    for (const wake of [...this.#consumers]) wake();
    return true;
  }

  subscribe(wake: () => void): () => void {
    this.#consumers.add(wake);
    return () => this.#consumers.delete(wake);
  }

  /** One that is not the last: nobody notices but by its position. */
  loseOne(random: Prng): void {
    if (this.log.length > 1) this.log.splice(random.int(this.log.length - 1), 1);
  }

  /** Its directory is deleted. */
  wipe(): void {
    this.log = [];
  }
}
