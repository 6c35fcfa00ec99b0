import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@necrocode/service-kit';

/** Something that looks at how things stand and does what is missing. */
export interface Sweep {
  sweep(): Promise<void>;
}

/** Sweeps again and again, in order, one sweep at a time; what fails is looked at the next time. */
export class Sweeper {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly sweeps: readonly Sweep[],
    private readonly logger: Logger,
    private readonly everyMs: number,
  ) {}

  start(): void {
    this.running = this.run(this.stopping.signal);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const each of this.sweeps) {
        await each.sweep().catch((error: unknown) => this.logger.warn({ err: error }, 'a sweep failed; trying again'));
      }
      await delay(this.everyMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
