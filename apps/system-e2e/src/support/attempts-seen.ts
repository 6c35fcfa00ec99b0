import { executionsAliveOf } from './processes-of.js';

const LOOK_EVERY_MS = 20;

/** Watches in /proc which attempts of a job have living processes, and when. Knows nothing of the store. */
export class AttemptsSeen {
  /** When the first and the last look saw it alive; ms. */
  readonly attempts = new Map<string, { readonly firstAt: number; lastAt: number }>();
  /** Looks that saw more than one attempt alive. */
  together = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly jobId: string) {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const firstAt = Date.now();
    const alive = executionsAliveOf(this.jobId);
    if (alive.size > 1) this.together += 1;
    for (const executionId of alive) {
      const seen = this.attempts.get(executionId);
      if (seen) seen.lastAt = firstAt;
      else this.attempts.set(executionId, { firstAt, lastAt: firstAt });
    }
  }
}
