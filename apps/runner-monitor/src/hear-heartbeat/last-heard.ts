import type { RunnerId } from '@necrocode/domain';

/**
 * Which runners this replica has heard, by its own monotonic clock. Silence counts only while it listens: whoever was down,
 * cut off or has just come up gives every runner a full lease before it calls one silent.
 */
export class LastHeard {
  private readonly heard = new Map<RunnerId, { readonly sessionId: string; readonly at: number }>();
  private listeningSince: number | null = null;

  /** @param now milliseconds, monotonic */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** From now on a silent runner would be noticed. */
  listen(): void {
    this.listeningSince = this.now();
  }

  /** Nothing can be heard: no runner is silent until it could have been heard for a lease. */
  stopListening(): void {
    this.listeningSince = null;
  }

  hear(runnerId: RunnerId, sessionId: string): void {
    this.heard.set(runnerId, { sessionId, at: this.now() });
  }

  /** Whether this session has said nothing for a whole lease in which it would have been heard. */
  isSilent(runnerId: RunnerId, sessionId: string, leaseMs: number): boolean {
    if (this.listeningSince === null) return false;
    const last = this.heard.get(runnerId);
    const since = last?.sessionId === sessionId ? Math.max(last.at, this.listeningSince) : this.listeningSince;
    return this.now() - since >= leaseMs;
  }

  /** Given up: until it is heard again there is nothing to remember. */
  forget(runnerId: RunnerId): void {
    this.heard.delete(runnerId);
  }
}
