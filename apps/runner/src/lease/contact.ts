import { uptime } from 'node:os';

/** The runner gives up at this part of its lease: its trees are to be gone before the monitor calls them fenced. */
const GIVE_UP_AT = 0.7;

/** Of the lease, for trees to end by themselves once it is given up; the rest is for SIGKILL and the proof. */
const GRACE = 0.1;

/**
 * The last word from the runner-monitor. It counts from when the request it answers was sent, so both sides count from a
 * moment the other one cannot have later.
 */
export class Contact {
  #leaseMs = 0;
  #since = Number.NEGATIVE_INFINITY;

  /** @param now ms; goes on while the host is suspended, which `performance.now()` does not */
  constructor(readonly now: () => number = () => uptime() * 1_000) {}

  confirm(sentAt: number, leaseMs: number): void {
    this.#since = sentAt;
    this.#leaseMs = leaseMs;
  }

  /** 0: there has been none yet. */
  get leaseMs(): number {
    return this.#leaseMs;
  }

  get isCurrent(): boolean {
    return this.leftMs > 0;
  }

  /** Until it has to be given up. */
  get leftMs(): number {
    return this.#leaseMs * GIVE_UP_AT - this.silentMs;
  }

  get silentMs(): number {
    return this.now() - this.#since;
  }

  /** What of a grace period fits before the monitor gives the runner up. */
  graceWithin(gracePeriodMs: number): number {
    return Math.min(gracePeriodMs, Math.floor(this.#leaseMs * GRACE));
  }
}
