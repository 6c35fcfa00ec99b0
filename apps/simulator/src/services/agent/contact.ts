import type { Life } from '../../world/life.js';
import { LEASE_MS } from '../site.js';

const GIVE_UP_AT = 0.7;

/** The agent's side of its lease: `apps/runner/src/lease/`. */
export class Contact {
  #since = -Infinity;
  #isLost = true;

  constructor(
    private readonly life: Life,
    private readonly onLost: () => void,
  ) {}

  /** By the clock, not by what the timers have come to: whoever stood still may be asked before any of them. */
  check(): boolean {
    const { world } = this.life;
    if (world.broken('ignore-lost-lease')) return true;
    if (!this.#isLost && !this.#isCurrent) {
      this.#isLost = true;
      world.reach('lease-lost');
      this.onLost();
    }
    return !this.#isLost || world.broken('start-without-contact');
  }

  confirm(sentAt: number): void {
    this.#since = sentAt;
    if (this.#isCurrent) this.#isLost = false;
    this.life.after(Math.max(0, this.#leftMs), () => void this.check());
  }

  get #isCurrent(): boolean {
    return this.#leftMs > 0;
  }

  get #leftMs(): number {
    return LEASE_MS * GIVE_UP_AT - (this.life.world.now - this.#since);
  }
}
